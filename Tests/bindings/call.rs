// What the binding for Rust has besides what its program shows: time limits, an end from another thread, threads.

#[allow(dead_code)]
#[path = "../../examples/rust/locjob.rs"]
mod example;

use example::locjob::{Call, Client};
use std::time::{Duration, SystemTime};

fn main() {
    let client = Client::new([("max_attempts", "1")]).unwrap();
    let job = client.get("completed", None).unwrap();
    assert_eq!(job.ended_at, Some(SystemTime::UNIX_EPOCH + Duration::from_secs(1795167062)));
    assert_eq!(job.additional_features, ["Position", "CountrySpecificAttributes"]);
    assert_eq!(client.get("failed", None).unwrap().ended_at, None);

    let limited = Call::new(Some(Duration::from_millis(100))).unwrap();
    assert_eq!(client.get("stalled", Some(&limited)).unwrap_err().code_name, "LOCJOB_DEADLINE_EXCEEDED");
    assert_eq!(client.get("completed", Some(&limited)).unwrap().status, "Completed");

    let call = Call::new(None).unwrap();
    std::thread::scope(|scope| {
        scope.spawn(|| {
            std::thread::sleep(Duration::from_millis(100));
            call.cancel();
        });
        assert_eq!(client.get("stalled", Some(&call)).unwrap_err().code_name, "LOCJOB_CANCELLED");
        for _ in 0..4 {
            scope.spawn(|| assert_eq!(client.get("completed", None).unwrap().tags.len(), 3));
        }
    });

    let refused = client.get("completed\0", None).unwrap_err();
    assert_eq!((refused.code_name, refused.error_code.as_str()), ("LOCJOB_INVALID_ARGUMENT", "INVALID_ARGUMENT"));
    assert!(Client::new([("region", "us\0east")]).is_err());
}
