import com.sun.jna.Library;
import com.sun.jna.Native;
import com.sun.jna.Pointer;
import com.sun.jna.Structure;
import com.sun.jna.Structure.FieldOrder;
import com.sun.jna.ptr.PointerByReference;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.BiFunction;
import java.util.function.Function;

/**
 * The state of an Amazon Location Service job, from liblocjob by way of JNA. Java 17 or newer, on 64 bits.
 *
 * <pre>
 * try (var client = new Locjob.Client(Map.of("region", "us-east-1"))) {
 *     Locjob.Job job = client.get("my-job-id");
 *     System.out.println(job.status() + " " + job.updatedAt());
 * } catch (Locjob.Failure failure) {
 *     System.err.println(failure.codeName() + ": " + failure.getMessage());
 * }
 * </pre>
 *
 * As a program, in the top folder after {@code make build}; JNA is Debian's libjna-java:
 *
 * <pre>
 * export LD_LIBRARY_PATH=$PWD/.build/release CLASSPATH=/usr/share/java/jna.jar
 * java examples/java/Locjob.java JOB_ID…           ask once
 * java examples/java/Locjob.java --wait JOB_ID…    wait until each has ended
 * java examples/java/Locjob.java NAME=VALUE …      the same with settings, such as region=us-east-1
 * </pre>
 *
 * Exit status: 0 all jobs were read, 1 one of them has failed or was cancelled, 2 one could not be read.
 *
 * <p>A thread inside a call holds up nobody else, the garbage collector included. Thread.interrupt does not end a call;
 * the setting call_timeout_ms bounds it.
 */
public final class Locjob {
    private Locjob() {}

    /** What locjob.h declares, as far as it is used here. JNA looks a function up when it is first called. */
    public interface C extends Library {
        C LIBRARY = Native.load("liblocjob.so.0", C.class, Map.of(Library.OPTION_STRING_ENCODING, "UTF-8"));

        @FieldOrder({"data", "length"})
        class Text extends Structure {
            public Pointer data;
            public long length;

            public Text() {}

            public Text(Pointer at) {
                super(at);
                read();
            }

            /** By its length, as text may hold NUL; null when absent. */
            String string() {
                return data == null ? null : new String(data.getByteArray(0, (int) length), StandardCharsets.UTF_8);
            }
        }

        @FieldOrder({"seconds", "nanoseconds", "present"})
        class Timestamp extends Structure {
            public long seconds;
            public int nanoseconds;
            public int present;

            /** null when absent. */
            Instant instant() {
                return present == 0 ? null : Instant.ofEpochSecond(seconds, nanoseconds);
            }
        }

        @FieldOrder({"value", "reserved", "text"})
        class Word extends Structure {
            public int value;
            public int reserved;
            public Text text;

            public Word() {}

            public Word(Pointer at) {
                super(at);
                read();
            }
        }

        @FieldOrder({"key", "value"})
        class Tag extends Structure {
            public Text key;
            public Text value;

            public Tag(Pointer at) {
                super(at);
                read();
            }
        }

        @FieldOrder({
            "jobId", "jobArn", "name", "status", "action", "createdAt", "updatedAt", "endedAt", "executionRoleArn",
            "inputLocation", "inputFormat", "outputLocation", "outputFormat", "additionalFeatures",
            "additionalFeatureCount", "errorCode", "errorMessages", "errorMessageCount", "tags", "tagCount"
        })
        class Job extends Structure {
            public Text jobId, jobArn, name;
            public Word status, action;
            public Timestamp createdAt, updatedAt, endedAt;
            public Text executionRoleArn, inputLocation;
            public Word inputFormat;
            public Text outputLocation;
            public Word outputFormat;
            public Pointer additionalFeatures;
            public long additionalFeatureCount;
            public Word errorCode;
            public Pointer errorMessages;
            public long errorMessageCount;
            public Pointer tags;
            public long tagCount;

            public Job(Pointer at) {
                super(at);
                read();
            }
        }

        String locjob_code_name(int code);

        Pointer locjob_config_new();

        int locjob_config_set(Pointer config, String name, String value);

        void locjob_config_free(Pointer config);

        Pointer locjob_client_new(Pointer config, PointerByReference client);

        void locjob_client_free(Pointer client);

        Pointer locjob_get(Pointer client, String jobId, Pointer call);

        Pointer locjob_wait(Pointer client, String jobId, Pointer call);

        void locjob_free(Pointer result);

        int locjob_result_code(Pointer result);

        Pointer locjob_result_job(Pointer result);

        String locjob_result_message(Pointer result);

        String locjob_result_error_code(Pointer result);

        int locjob_result_attempts(Pointer result);

        int locjob_result_retryable(Pointer result);
    }

    /** A failure: code and codeName are the library's (52, "LOCJOB_NOT_FOUND"), errorCode is the service's own word. */
    public static final class Failure extends Exception {
        private static final long serialVersionUID = 1;

        private final int code;
        private final String codeName;
        private final String errorCode;
        private final int attempts;
        private final boolean retryable;

        /** Of a result; null stands for exhausted memory, as all functions read it. */
        private Failure(Pointer result) {
            super(C.LIBRARY.locjob_result_message(result));
            code = C.LIBRARY.locjob_result_code(result);
            codeName = C.LIBRARY.locjob_code_name(code);
            errorCode = C.LIBRARY.locjob_result_error_code(result);
            attempts = C.LIBRARY.locjob_result_attempts(result);
            retryable = C.LIBRARY.locjob_result_retryable(result) != 0;
        }

        public int code() {
            return code;
        }

        public String codeName() {
            return codeName;
        }

        public String errorCode() {
            return errorCode;
        }

        public int attempts() {
            return attempts;
        }

        public boolean retryable() {
            return retryable;
        }
    }

    /** What the service said of a job, with its own words for status and the like; null is absent. */
    public record Job(
            String jobId,
            String jobArn,
            String name,
            String status,
            String action,
            Instant createdAt,
            Instant updatedAt,
            Instant endedAt,
            String executionRoleArn,
            String inputLocation,
            String inputFormat,
            String outputLocation,
            String outputFormat,
            List<String> additionalFeatures,
            String errorCode,
            List<String> errorMessages,
            Map<String, String> tags) {

        /** A copy of the C struct, which lives as long as its result. */
        private static Job copy(C.Job c) {
            var tags = new LinkedHashMap<String, String>();
            list(c.tags, c.tagCount, C.Tag::new).forEach(tag -> tags.put(tag.key.string(), tag.value.string()));
            return new Job(
                    c.jobId.string(),
                    c.jobArn.string(),
                    c.name.string(),
                    c.status.text.string(),
                    c.action.text.string(),
                    c.createdAt.instant(),
                    c.updatedAt.instant(),
                    c.endedAt.instant(),
                    c.executionRoleArn.string(),
                    c.inputLocation.string(),
                    c.inputFormat.text.string(),
                    c.outputLocation.string(),
                    c.outputFormat.text.string(),
                    list(c.additionalFeatures, c.additionalFeatureCount, C.Word::new).stream()
                            .map(word -> word.text.string())
                            .toList(),
                    c.errorCode.text.string(),
                    list(c.errorMessages, c.errorMessageCount, C.Text::new).stream().map(C.Text::string).toList(),
                    tags);
        }

        private static <T extends Structure> List<T> list(Pointer first, long count, Function<Pointer, T> at) {
            var list = new ArrayList<T>();
            for (long offset = 0; list.size() < count; offset += list.get(0).size()) {
                list.add(at.apply(first.share(offset)));
            }
            return list;
        }
    }

    /** Configuration, credentials and open connections, for any number of threads: make one, keep it and close it. */
    public static final class Client implements AutoCloseable {
        private final ReentrantReadWriteLock using = new ReentrantReadWriteLock(); // to read: inside a call
        private Pointer handle;

        /** The settings are those of locjob_config_set; the others come from the environment and the shared files. */
        public Client(Map<String, String> settings) throws Failure {
            Pointer config = C.LIBRARY.locjob_config_new();
            Pointer refusal = null;
            try {
                // What is refused by locjob_config_set is refused by locjob_client_new, with a message.
                settings.forEach((name, value) -> C.LIBRARY.locjob_config_set(config, checked(name), checked(value)));
                var made = new PointerByReference();
                refusal = C.LIBRARY.locjob_client_new(config, made);
                handle = made.getValue();
                if (handle == null) {
                    throw new Failure(refusal);
                }
            } finally {
                C.LIBRARY.locjob_free(refusal);
                C.LIBRARY.locjob_config_free(config);
            }
        }

        /** Asks for the state of a job, and waits for the answer. */
        public Job get(String jobId) throws Failure {
            return ask(jobId, (client, id) -> C.LIBRARY.locjob_get(client, id, null));
        }

        /** Asks until the job has ended, well or badly: its status tells. */
        public Job waitFor(String jobId) throws Failure {
            return ask(jobId, (client, id) -> C.LIBRARY.locjob_wait(client, id, null));
        }

        private Job ask(String jobId, BiFunction<Pointer, String, Pointer> operation) throws Failure {
            using.readLock().lock();
            try {
                if (handle == null) {
                    throw new IllegalStateException("the client is closed");
                }
                Pointer result = operation.apply(handle, checked(jobId));
                try {
                    Pointer job = C.LIBRARY.locjob_result_job(result);
                    if (job == null) {
                        throw new Failure(result);
                    }
                    return Job.copy(new C.Job(job));
                } finally {
                    C.LIBRARY.locjob_free(result);
                }
            } finally {
                using.readLock().unlock();
            }
        }

        /** Waits for the calls being made and releases the client. It may be called again. */
        @Override
        public void close() {
            using.writeLock().lock();
            try {
                C.LIBRARY.locjob_client_free(handle);
                handle = null;
            } finally {
                using.writeLock().unlock();
            }
        }

        /** C would take what is in front of a NUL for the whole. */
        private static String checked(String text) {
            if (text.indexOf('\0') >= 0) {
                throw new IllegalArgumentException("a NUL character inside a job id or a setting");
            }
            return text;
        }
    }

    // The program. Its output is UTF-8 whatever the locale.

    private static final PrintStream OUT = utf8(FileDescriptor.out);
    private static final PrintStream ERR = utf8(FileDescriptor.err);

    private static PrintStream utf8(FileDescriptor to) {
        return new PrintStream(new FileOutputStream(to), true, StandardCharsets.UTF_8);
    }

    private static void print(String label, Object value) {
        OUT.printf("%-22s%s\n", label, value);
    }

    private static void print(Job job) {
        print("Job id", job.jobId());
        print("Name", Optional.ofNullable(job.name()).orElse("-"));
        print("Status", job.status());
        print("Updated at", job.updatedAt());
        if (job.errorCode() != null) {
            print("Error code", job.errorCode());
        }
        job.errorMessages().forEach(message -> print("Error message", message));
        job.tags().forEach((key, value) -> print("Tag", key + " = " + value));
    }

    private static void print(String what, Failure failure) {
        ERR.printf("%s: %s\n  code        %s\n", what, failure.getMessage(), failure.codeName());
        ERR.printf("  error code  %s\n", failure.errorCode());
    }

    private static int run(String[] arguments) {
        boolean wait = false;
        var settings = new LinkedHashMap<String, String>();
        var jobIds = new ArrayList<String>();
        for (String argument : arguments) {
            int equals = argument.indexOf('=');
            if (argument.equals("--wait")) {
                wait = true;
            } else if (equals >= 0) {
                settings.put(argument.substring(0, equals), argument.substring(equals + 1));
            } else {
                jobIds.add(argument);
            }
        }
        int status = 0;
        try (var client = new Client(settings)) {
            for (String jobId : jobIds) {
                try {
                    Job job = wait ? client.waitFor(jobId) : client.get(jobId);
                    print(job);
                    if (job.status().equals("Failed") || job.status().equals("Cancelled")) {
                        status = Math.max(status, 1);
                    }
                } catch (Failure failure) {
                    print(jobId, failure);
                    status = 2;
                }
            }
        } catch (Failure failure) {
            print("locjob", failure);
            return 2;
        }
        return status;
    }

    public static void main(String[] arguments) {
        System.exit(run(arguments));
    }
}
