import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;

/** What the binding for Java has besides what its program shows: closing, threads, members. */
public final class Closing {
    private static void check(boolean holds, Object what) {
        if (!holds) {
            throw new AssertionError(what);
        }
    }

    public static void main(String[] arguments) throws Exception {
        var client = new Locjob.Client(Map.of("max_attempts", "1"));
        Locjob.Job job = client.get("completed");
        check(job.endedAt().equals(Instant.ofEpochSecond(1795167062)), job);
        check(job.additionalFeatures().equals(List.of("Position", "CountrySpecificAttributes")), job);
        check(client.get("failed").endedAt() == null, job);
        try {
            client.get("completed\0");
            check(false, "a NUL");
        } catch (IllegalArgumentException expected) {
        }

        var threads = Executors.newFixedThreadPool(4);
        var calls = IntStream.range(0, 4).mapToObj(i -> threads.submit(() -> client.get("slow"))).toList();
        Thread.sleep(300); // slow takes twice that
        client.close();
        client.close();
        for (var call : calls) {
            check(call.isDone() && call.get().jobId().equals("slow"), "close waits");
        }
        threads.shutdown();
        try {
            client.get("completed");
            check(false, "a closed client");
        } catch (IllegalStateException expected) {
        }
    }
}
