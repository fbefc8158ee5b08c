//! The state of an Amazon Location Service job, from liblocjob by way of `extern "C"`. No crates are needed.
//!
//!     locjob JOB_ID…           ask once
//!     locjob --wait JOB_ID…    wait until each has ended
//!     locjob NAME=VALUE …      the same with settings, such as region=us-east-1
//!
//! Exit status: 0 all jobs were read, 1 one of them has failed or was cancelled, 2 one could not be read.
//!
//! Build, in the top folder after `make build`:
//!
//!     rustc --edition 2021 -O examples/rust/locjob.rs -o locjob -L .build/release -C link-arg=-Wl,-rpath,"$PWD/.build/release"
//!
//! The module `locjob` is the binding, to be taken into a program of yours; `main` shows it in use.

/// The binding. A `Client` and a `Call` may be shared by any number of threads (`Sync`); what a call gives back is
/// a copy of its own.
#[allow(dead_code)] // this program does not use all of it
pub mod locjob {
    use std::ffi::{CStr, CString};
    use std::fmt;
    use std::ptr::{self, NonNull};
    use std::time::{Duration, SystemTime, UNIX_EPOCH};

    /// What `locjob.h` declares, as far as it is used here.
    mod c {
        use std::os::raw::{c_char, c_int};

        macro_rules! opaque {
            ($($name:ident),*) => { $(#[repr(C)] pub struct $name { _private: [u8; 0] })* };
        }
        opaque!(Config, Client, Call, JobResult);

        #[repr(C)]
        pub struct Str {
            pub data: *const c_char,
            pub length: usize,
        }

        #[repr(C)]
        pub struct Timestamp {
            pub seconds: i64,
            pub nanoseconds: i32,
            pub present: i32,
        }

        #[repr(C)]
        pub struct Enum {
            pub value: i32,
            pub reserved: i32,
            pub text: Str,
        }

        #[repr(C)]
        pub struct Tag {
            pub key: Str,
            pub value: Str,
        }

        #[repr(C)]
        pub struct Job {
            pub job_id: Str,
            pub job_arn: Str,
            pub name: Str,
            pub status: Enum,
            pub action: Enum,
            pub created_at: Timestamp,
            pub updated_at: Timestamp,
            pub ended_at: Timestamp,
            pub execution_role_arn: Str,
            pub input_location: Str,
            pub input_format: Enum,
            pub output_location: Str,
            pub output_format: Enum,
            pub additional_features: *const Enum,
            pub additional_feature_count: usize,
            pub error_code: Enum,
            pub error_messages: *const Str,
            pub error_message_count: usize,
            pub tags: *const Tag,
            pub tag_count: usize,
        }

        #[link(name = "locjob")]
        extern "C" {
            pub fn locjob_code_name(code: i32) -> *const c_char;
            pub fn locjob_config_new() -> *mut Config;
            pub fn locjob_config_set(config: *mut Config, name: *const c_char, value: *const c_char) -> i32;
            pub fn locjob_config_free(config: *mut Config);
            pub fn locjob_client_new(config: *const Config, client: *mut *mut Client) -> *mut JobResult;
            pub fn locjob_client_free(client: *mut Client);
            pub fn locjob_call_new() -> *mut Call;
            pub fn locjob_call_set_timeout_ms(call: *mut Call, timeout_ms: i64) -> i32;
            pub fn locjob_call_cancel(call: *mut Call);
            pub fn locjob_call_free(call: *mut Call);
            pub fn locjob_get(client: *mut Client, job_id: *const c_char, call: *mut Call) -> *mut JobResult;
            pub fn locjob_wait(client: *mut Client, job_id: *const c_char, call: *mut Call) -> *mut JobResult;
            pub fn locjob_free(result: *mut JobResult);
            pub fn locjob_result_code(result: *const JobResult) -> i32;
            pub fn locjob_result_job(result: *const JobResult) -> *const Job;
            pub fn locjob_result_message(result: *const JobResult) -> *const c_char;
            pub fn locjob_result_error_code(result: *const JobResult) -> *const c_char;
            pub fn locjob_result_attempts(result: *const JobResult) -> i32;
            pub fn locjob_result_retryable(result: *const JobResult) -> i32;
        }
        pub type Operation = unsafe extern "C" fn(*mut Client, *const c_char, *mut Call) -> *mut JobResult;
        pub const INVALID_ARGUMENT: c_int = 1;
        pub const OUT_OF_MEMORY: c_int = 3;
    }

    /// A failure: `code` and `code_name` are those of the library, `error_code` is the service's own word.
    #[derive(Clone, Debug)]
    pub struct Error {
        pub code: i32,
        pub code_name: &'static str,
        pub error_code: String,
        pub message: String,
        pub attempts: i32,
        pub retryable: bool,
    }

    impl fmt::Display for Error {
        fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
            out.write_str(&self.message)
        }
    }

    impl std::error::Error for Error {}

    impl Error {
        /// A mistake that is found before the library is asked.
        fn caller(code: i32, message: &str) -> Error {
            let code_name = code_name(code);
            let error_code = code_name.trim_start_matches("LOCJOB_").to_owned();
            Error { code, code_name, error_code, message: message.to_owned(), attempts: 0, retryable: false }
        }
    }

    fn code_name(code: i32) -> &'static str {
        // Static ASCII text, for any number.
        unsafe { CStr::from_ptr(c::locjob_code_name(code)) }.to_str().unwrap_or("LOCJOB_UNKNOWN")
    }

    /// What the service said of a job. `status` and its like are the service's words.
    #[derive(Clone, Debug)]
    pub struct Job {
        pub job_id: String,
        pub job_arn: String,
        pub name: Option<String>,
        pub status: String,
        pub action: String,
        pub created_at: Option<SystemTime>,
        pub updated_at: Option<SystemTime>,
        pub ended_at: Option<SystemTime>,
        pub execution_role_arn: String,
        pub input_location: String,
        pub input_format: String,
        pub output_location: String,
        pub output_format: String,
        pub additional_features: Vec<String>,
        pub error_code: Option<String>,
        pub error_messages: Vec<String>,
        pub tags: Vec<(String, String)>,
    }

    /// By its length, as text may hold NUL.
    unsafe fn text(from: &c::Str) -> Option<String> {
        if from.data.is_null() {
            return None;
        }
        let bytes = std::slice::from_raw_parts(from.data.cast::<u8>(), from.length);
        Some(String::from_utf8_lossy(bytes).into_owned())
    }

    unsafe fn list<T, U>(first: *const T, count: usize, copy: impl Fn(&T) -> U) -> Vec<U> {
        if first.is_null() {
            return Vec::new();
        }
        std::slice::from_raw_parts(first, count).iter().map(copy).collect()
    }

    fn time(from: &c::Timestamp) -> Option<SystemTime> {
        let whole = Duration::from_secs(from.seconds.unsigned_abs());
        let second = if from.seconds < 0 { UNIX_EPOCH.checked_sub(whole) } else { UNIX_EPOCH.checked_add(whole) };
        second.filter(|_| from.present != 0)?.checked_add(Duration::from_nanos(from.nanoseconds as u64))
    }

    impl Job {
        unsafe fn copy(from: &c::Job) -> Job {
            let word = |from: &c::Enum| text(&from.text).unwrap_or_default();
            let required = |from: &c::Str| text(from).unwrap_or_default();
            Job {
                job_id: required(&from.job_id),
                job_arn: required(&from.job_arn),
                name: text(&from.name),
                status: word(&from.status),
                action: word(&from.action),
                created_at: time(&from.created_at),
                updated_at: time(&from.updated_at),
                ended_at: time(&from.ended_at),
                execution_role_arn: required(&from.execution_role_arn),
                input_location: required(&from.input_location),
                input_format: word(&from.input_format),
                output_location: required(&from.output_location),
                output_format: word(&from.output_format),
                additional_features: list(from.additional_features, from.additional_feature_count, word),
                error_code: text(&from.error_code.text),
                error_messages: list(from.error_messages, from.error_message_count, required),
                tags: list(from.tags, from.tag_count, |tag| (required(&tag.key), required(&tag.value))),
            }
        }
    }

    /// A result, released when it goes out of scope. NULL stands for exhausted memory, as all functions read it.
    struct Outcome(*mut c::JobResult);

    impl Outcome {
        fn job(&self) -> Result<Job, Error> {
            unsafe { c::locjob_result_job(self.0).as_ref().map(|job| Job::copy(job)) }.ok_or_else(|| self.error())
        }

        fn error(&self) -> Error {
            let copy = |text| unsafe { CStr::from_ptr(text) }.to_string_lossy().into_owned();
            unsafe {
                let code = c::locjob_result_code(self.0);
                Error {
                    code,
                    code_name: code_name(code),
                    error_code: copy(c::locjob_result_error_code(self.0)),
                    message: copy(c::locjob_result_message(self.0)),
                    attempts: c::locjob_result_attempts(self.0),
                    retryable: c::locjob_result_retryable(self.0) != 0,
                }
            }
        }
    }

    impl Drop for Outcome {
        fn drop(&mut self) {
            unsafe { c::locjob_free(self.0) }
        }
    }

    /// A time limit for calls, and a way to end them from another thread.
    pub struct Call(NonNull<c::Call>);

    // The library allows cancel() while another thread is inside the call, and that is all `&Call` can do.
    unsafe impl Send for Call {}
    unsafe impl Sync for Call {}

    impl Call {
        /// `timeout` is for a whole call with its retries; None is the client's, zero is none.
        pub fn new(timeout: Option<Duration>) -> Result<Call, Error> {
            let handle = NonNull::new(unsafe { c::locjob_call_new() })
                .ok_or_else(|| Error::caller(c::OUT_OF_MEMORY, "out of memory or descriptors"))?;
            let call = Call(handle);
            if let Some(timeout) = timeout {
                let ms = i64::try_from(timeout.as_nanos().saturating_add(999_999) / 1_000_000).unwrap_or(i64::MAX);
                unsafe { c::locjob_call_set_timeout_ms(call.0.as_ptr(), ms) };
            }
            Ok(call)
        }

        pub fn cancel(&self) {
            unsafe { c::locjob_call_cancel(self.0.as_ptr()) }
        }
    }

    impl Drop for Call {
        fn drop(&mut self) {
            unsafe { c::locjob_call_free(self.0.as_ptr()) }
        }
    }

    /// Configuration, credentials and open connections: make one and keep it.
    pub struct Client(NonNull<c::Client>);

    unsafe impl Send for Client {}
    unsafe impl Sync for Client {}

    impl Client {
        /// `settings` are those of `locjob_config_set`; the others come from the environment and the shared files.
        pub fn new<'a>(settings: impl IntoIterator<Item = (&'a str, &'a str)>) -> Result<Client, Error> {
            let nul = |_| Error::caller(c::INVALID_ARGUMENT, "a NUL character inside a setting");
            let pairs = settings
                .into_iter()
                .map(|(name, value)| Ok((CString::new(name).map_err(nul)?, CString::new(value).map_err(nul)?)))
                .collect::<Result<Vec<_>, Error>>()?;
            let mut client = ptr::null_mut();
            let refusal = unsafe {
                let config = c::locjob_config_new();
                for (name, value) in &pairs {
                    // What is refused here is refused by locjob_client_new, with a message.
                    c::locjob_config_set(config, name.as_ptr(), value.as_ptr());
                }
                let refusal = Outcome(c::locjob_client_new(config, &mut client));
                c::locjob_config_free(config);
                refusal
            };
            NonNull::new(client).map(Client).ok_or_else(|| refusal.error())
        }

        /// Asks for the state of a job, and waits for the answer.
        pub fn get(&self, job_id: &str, call: Option<&Call>) -> Result<Job, Error> {
            self.ask(c::locjob_get, job_id, call)
        }

        /// Asks until the job has ended, well or badly: its status tells.
        pub fn wait(&self, job_id: &str, call: Option<&Call>) -> Result<Job, Error> {
            self.ask(c::locjob_wait, job_id, call)
        }

        fn ask(&self, operation: c::Operation, job_id: &str, call: Option<&Call>) -> Result<Job, Error> {
            let job_id = CString::new(job_id)
                .map_err(|_| Error::caller(c::INVALID_ARGUMENT, "a NUL character inside a job id"))?;
            let call = call.map_or(ptr::null_mut(), |call| call.0.as_ptr());
            Outcome(unsafe { operation(self.0.as_ptr(), job_id.as_ptr(), call) }).job()
        }
    }

    impl Drop for Client {
        fn drop(&mut self) {
            unsafe { c::locjob_client_free(self.0.as_ptr()) }
        }
    }
}

use std::process::ExitCode;
use std::time::UNIX_EPOCH;

/// std knows no calendar: the date of a day since 1970, by years that begin in March.
fn iso8601(seconds: u64) -> String {
    let (days, second) = (seconds / 86400 + 719468, seconds % 86400); // since 0000-03-01
    let (era, day) = (days / 146097, days % 146097);
    let year = (day - day / 1460 + day / 36524 - day / 146096) / 365;
    let day = day - (365 * year + year / 4 - year / 100);
    let month = (5 * day + 2) / 153;
    let (day, month) = (day - (153 * month + 2) / 5 + 1, if month < 10 { month + 3 } else { month - 9 });
    let year = era * 400 + year + u64::from(month <= 2);
    let (hour, minute, second) = (second / 3600, second / 60 % 60, second % 60);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z")
}

fn print_job(job: &locjob::Job) {
    println!("{:22}{}", "Job id", job.job_id);
    println!("{:22}{}", "Name", job.name.as_deref().unwrap_or("-"));
    println!("{:22}{}", "Status", job.status);
    if let Some(since) = job.updated_at.and_then(|time| time.duration_since(UNIX_EPOCH).ok()) {
        println!("{:22}{}", "Updated at", iso8601(since.as_secs()));
    }
    if let Some(code) = &job.error_code {
        println!("{:22}{code}", "Error code");
    }
    for message in &job.error_messages {
        println!("{:22}{message}", "Error message");
    }
    for (key, value) in &job.tags {
        println!("{:22}{key} = {value}", "Tag");
    }
}

fn print_error(what: &str, error: &locjob::Error) {
    eprintln!("{what}: {error}\n  code        {}\n  error code  {}", error.code_name, error.error_code);
}

fn main() -> ExitCode {
    let (options, arguments): (Vec<String>, Vec<String>) = std::env::args().skip(1).partition(|argument| argument == "--wait");
    let (settings, job_ids): (Vec<&str>, Vec<&str>) =
        arguments.iter().map(String::as_str).partition(|argument| argument.contains('='));
    let wait = !options.is_empty();

    let client = match locjob::Client::new(settings.iter().filter_map(|setting| setting.split_once('='))) {
        Ok(client) => client,
        Err(error) => {
            print_error("locjob", &error);
            return ExitCode::from(2);
        }
    };
    let mut exit_status = 0;
    for job_id in job_ids {
        let answer = if wait { client.wait(job_id, None) } else { client.get(job_id, None) };
        match answer {
            Ok(job) => {
                print_job(&job);
                if job.status == "Failed" || job.status == "Cancelled" {
                    exit_status = exit_status.max(1);
                }
            }
            Err(error) => {
                print_error(job_id, &error);
                exit_status = 2;
            }
        }
    }
    ExitCode::from(exit_status)
}
