"""The state of an Amazon Location Service job, from liblocjob by way of ctypes.

One file, nothing but the standard library, Python 3.9 or newer: copy it beside your program. It asks
like boto3 and answers like boto3, with the same dictionaries and the same exception names:

    import locjob

    with locjob.Client(region_name="us-east-1") as client:
        try:
            job = client.get_job(JobId="my-job-id", timeout=10)
        except client.exceptions.ResourceNotFoundException as error:
            print(error.response["Error"]["Message"])
        else:
            print(job["Status"], job["UpdatedAt"])

`wait_for_job` returns when a job has ended, `list_jobs` lists them, and a `Queue` has any number of gets and
waits in flight at once, on one thread or in an event loop. A client may be used by any number of threads; ctypes
lets go of the interpreter's lock while the library waits for the service.
"""

from __future__ import annotations

import contextlib
import ctypes
import json
import logging
import math
import os
import select
import threading
import time
from concurrent import futures
from ctypes import POINTER, c_char_p, c_int32, c_int64, c_size_t, c_uint64, c_void_p
from datetime import datetime, timedelta, timezone
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Callable, Iterator, Mapping, NamedTuple, Optional

# ---------------------------------------------------------------------------------------------------
# Exceptions, named as boto3 names them
# ---------------------------------------------------------------------------------------------------


class LocjobError(Exception):
    """Any failure of this module.

    `code` and `code_name` are the C library's (52, "LOCJOB_NOT_FOUND"); both tell what `except` by
    class cannot. `attempts` is how many requests were sent, `retryable` whether the same call may
    well succeed later, `trace` one dictionary for every attempt (locjob_result_trace).
    """

    code: int = 1
    code_name: str = "LOCJOB_INVALID_ARGUMENT"
    attempts: int = 0
    retryable: bool = False
    trace: list[dict[str, Any]] = []


class ClientError(LocjobError):
    """The service answered with an error; `response` is its dictionary, as boto3 has it."""

    def __init__(self, error_response: dict[str, Any], operation_name: str) -> None:
        error = error_response.get("Error", {})
        metadata = error_response.get("ResponseMetadata", {})
        retries = ""
        if metadata.get("MaxAttemptsReached"):
            retries = f" (reached max retries: {metadata.get('RetryAttempts')})"
        super().__init__(
            f"An error occurred ({error.get('Code', 'Unknown')}) when calling the {operation_name} "
            f"operation{retries}: {error.get('Message', 'Unknown')}"
        )
        self.response = error_response
        self.operation_name = operation_name

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.response, self.operation_name), self.__dict__


class InternalServerException(ClientError):
    """The service failed."""


class ResourceNotFoundException(ClientError):
    """There is no such job."""


class AccessDeniedException(ClientError):
    """These credentials may not see this job."""


class ValidationException(ClientError):
    """The service refuses the request: see `response["Reason"]`."""


class ThrottlingException(ClientError):
    """More requests than the account's quota, retries included."""


class BotoCoreError(LocjobError):
    """Every failure that is not the service's answer."""


class InvalidArgument(BotoCoreError, ValueError):
    """A closed client, a timeout that is no time."""


class ParamValidationError(BotoCoreError):
    """A JobId that cannot be one; nothing was sent."""


class OutOfMemory(BotoCoreError, MemoryError):
    """Memory or descriptors are exhausted."""


class InternalError(BotoCoreError):
    """A fault of the library; please report it."""


class QueueBusy(BotoCoreError):
    """The queue is in use: by another thread, or by this one, which is in a provider that the queue has called."""


class UnknownTag(BotoCoreError, LookupError):
    """Nothing in the queue has this tag."""


class InvalidConfigError(BotoCoreError):
    """A setting with a value it cannot take."""


class UnknownSetting(InvalidConfigError, TypeError):
    """A setting the library does not know."""


class ConfigParseError(BotoCoreError):
    """A shared file that cannot be read or parsed."""


class ProfileNotFound(BotoCoreError):
    """A profile was named that no file has."""


class NoRegionError(BotoCoreError):
    """Neither code, environment nor profile name a Region."""


class InvalidEndpoint(BotoCoreError, ValueError):
    """A custom endpoint that is no usable URL."""


class NoCredentialsError(BotoCoreError):
    """No provider had any credentials."""


class PartialCredentialsError(BotoCoreError):
    """An access key without its secret, or the reverse."""


class CredentialRetrievalError(BotoCoreError):
    """A configured provider could not give its credentials."""


class EndpointConnectionError(BotoCoreError):
    """The service cannot be reached."""


class ProxyConnectionError(BotoCoreError):
    """The proxy refused or cannot be reached."""


class SSLError(BotoCoreError):
    """No TLS, or a certificate that does not verify (see `code_name`)."""


class ConnectionClosedError(BotoCoreError):
    """Closed or reset before the response was whole."""


class ConnectTimeoutError(BotoCoreError):
    """No connection within connect_timeout_ms."""


class ReadTimeoutError(BotoCoreError):
    """Not a byte for read_timeout_ms."""


class InvalidResponse(BotoCoreError):
    """Not HTTP, not JSON, or not the description of a job."""


class ResponseTooLarge(BotoCoreError):
    """Longer than max_response_bytes."""


class DeadlineExceeded(BotoCoreError):
    """The whole time of the call was used up."""


class Cancelled(BotoCoreError):
    """By Call.cancel, Queue.cancel or Client.close."""


class WaiterError(BotoCoreError):
    """A job that was waited for has ended, and not as hoped: `job` is what get_job returns of it."""

    job: dict[str, Any] = {}


class JobFailed(WaiterError):
    """Its status is Failed."""


class JobCancelled(WaiterError):
    """Its status is Cancelled."""


#: Codes of the C library (locjob.h) and what they raise. From 50 on the service has answered, and its
#: own word for the error decides among the modelled subclasses, as in boto3.
ERRORS: dict[int, type[LocjobError]] = {
    1: InvalidArgument,
    2: ParamValidationError,
    3: OutOfMemory,
    4: InternalError,
    5: QueueBusy,
    6: UnknownTag,
    10: UnknownSetting,
    11: InvalidConfigError,
    12: ConfigParseError,
    13: ProfileNotFound,
    14: NoRegionError,
    15: InvalidEndpoint,
    20: NoCredentialsError,
    21: PartialCredentialsError,
    22: CredentialRetrievalError,
    30: EndpointConnectionError,
    31: EndpointConnectionError,
    32: ProxyConnectionError,
    33: SSLError,
    34: SSLError,
    35: ConnectionClosedError,
    36: ConnectTimeoutError,
    37: ReadTimeoutError,
    38: InvalidResponse,
    39: ResponseTooLarge,
    40: DeadlineExceeded,
    41: Cancelled,
    **dict.fromkeys(range(50, 57), ClientError),
    60: JobFailed,
    61: JobCancelled,
}

_MODELLED: dict[str, type[ClientError]] = {
    error.__name__: error
    for error in (
        InternalServerException,
        ResourceNotFoundException,
        AccessDeniedException,
        ValidationException,
        ThrottlingException,
    )
}

# ---------------------------------------------------------------------------------------------------
# The library
# ---------------------------------------------------------------------------------------------------


class String(ctypes.Structure):
    """locjob_string"""

    _fields_ = [("data", c_void_p), ("length", c_size_t)]

    def __str__(self) -> str:
        return ctypes.string_at(self.data, self.length).decode() if self.data else ""


class Timestamp(ctypes.Structure):
    """locjob_timestamp"""

    _fields_ = [("seconds", c_int64), ("nanoseconds", c_int32), ("present", c_int32)]

    def utc(self) -> datetime:
        """As Python has it: cut to the microsecond, OverflowError outside the years 1 to 9999."""
        return _EPOCH + timedelta(0, self.seconds, self.nanoseconds // 1000)


class Enum(ctypes.Structure):
    """locjob_enum"""

    _fields_ = [("value", c_int32), ("reserved", c_int32), ("text", String)]


class Tag(ctypes.Structure):
    """locjob_tag"""

    _fields_ = [("key", String), ("value", String)]


class Job(ctypes.Structure):
    """locjob_job"""

    _fields_ = [
        ("job_id", String),
        ("job_arn", String),
        ("name", String),
        ("status", Enum),
        ("action", Enum),
        ("created_at", Timestamp),
        ("updated_at", Timestamp),
        ("ended_at", Timestamp),
        ("execution_role_arn", String),
        ("input_location", String),
        ("input_format", Enum),
        ("output_location", String),
        ("output_format", Enum),
        ("additional_features", POINTER(Enum)),
        ("additional_feature_count", c_size_t),
        ("error_code", Enum),
        ("error_messages", POINTER(String)),
        ("error_message_count", c_size_t),
        ("tags", POINTER(Tag)),
        ("tag_count", c_size_t),
    ]


#: How many idle calls a client keeps, each with a descriptor.
_MOST_SPARE = 4
_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
_Logger = ctypes.CFUNCTYPE(None, c_void_p, c_int32, c_char_p)
_CredentialsProvider = ctypes.CFUNCTYPE(c_int32, c_void_p, c_void_p)
_MFAProvider = ctypes.CFUNCTYPE(c_int32, c_void_p, c_char_p, c_void_p, c_size_t)

#: Every function used here: what it returns, then what it takes.
_FUNCTIONS: dict[str, tuple[Any, ...]] = {
    "locjob_version": (c_char_p,),
    "locjob_code_name": (c_char_p, c_int32),
    "locjob_code_text": (c_char_p, c_int32),
    "locjob_config_new": (c_void_p,),
    "locjob_config_free": (None, c_void_p),
    "locjob_config_set": (c_int32, c_void_p, c_char_p, c_char_p),
    "locjob_config_set_logger": (c_int32, c_void_p, _Logger, c_void_p, c_int32),
    "locjob_config_set_credentials_provider": (c_int32, c_void_p, _CredentialsProvider, c_void_p),
    "locjob_config_set_mfa_provider": (c_int32, c_void_p, _MFAProvider, c_void_p),
    "locjob_credentials_set": (c_int32, c_void_p, c_char_p, c_char_p, c_char_p, c_int64),
    "locjob_client_new": (c_void_p, c_void_p, POINTER(c_void_p)),
    "locjob_client_free": (None, c_void_p),
    "locjob_client_explain": (c_void_p, c_void_p),
    "locjob_call_new": (c_void_p,),
    "locjob_call_free": (None, c_void_p),
    "locjob_call_set_timeout_ms": (c_int32, c_void_p, c_int64),
    "locjob_call_cancel": (None, c_void_p),
    "locjob_get": (c_void_p, c_void_p, c_char_p, c_void_p),
    "locjob_wait": (c_void_p, c_void_p, c_char_p, c_void_p),
    "locjob_list": (c_void_p, c_void_p, c_char_p, c_int32, c_char_p, c_void_p),
    "locjob_free": (None, c_void_p),
    "locjob_result_code": (c_int32, c_void_p),
    "locjob_result_job": (POINTER(Job), c_void_p),
    "locjob_result_entry": (POINTER(Job), c_void_p, c_size_t),
    "locjob_result_json": (c_char_p, c_void_p),
    "locjob_result_message": (c_char_p, c_void_p),
    "locjob_result_error_code": (c_char_p, c_void_p),
    "locjob_result_attempts": (c_int32, c_void_p),
    "locjob_result_retryable": (c_int32, c_void_p),
    "locjob_result_metadata": (c_char_p, c_void_p),
    "locjob_result_trace": (c_char_p, c_void_p),
    "locjob_result_job_id": (c_char_p, c_void_p),
    "locjob_result_tag": (c_uint64, c_void_p),
    "locjob_result_is_final": (c_int32, c_void_p),
    "locjob_queue_new": (c_void_p, c_void_p, POINTER(c_void_p)),
    "locjob_queue_free": (None, c_void_p),
    "locjob_queue_get": (c_int32, c_void_p, c_char_p, c_uint64),
    "locjob_queue_wait": (c_int32, c_void_p, c_char_p, c_uint64),
    "locjob_queue_watch": (c_int32, c_void_p, c_char_p, c_uint64),
    "locjob_queue_next": (c_void_p, c_void_p, c_int64),
    "locjob_queue_fd": (c_int32, c_void_p),
    "locjob_queue_cancel": (c_int32, c_void_p, c_uint64),
    "locjob_queue_pending": (c_size_t, c_void_p),
}


def _load() -> ctypes.CDLL:
    """LOCJOB_LIBRARY if set, else beside this file or where its repository builds it, else the system's."""
    here = Path(__file__).resolve().parent
    name = os.environ.get("LOCJOB_LIBRARY")
    if not name:
        known = (here / "liblocjob.so", here.parent.parent / ".build/release/liblocjob.so")
        name = next((str(path) for path in known if path.exists()), "liblocjob.so.0")
    library = ctypes.CDLL(name)
    for function, (returned, *taken) in _FUNCTIONS.items():
        getattr(library, function).restype = returned
        getattr(library, function).argtypes = taken
    return library


library = _load()


def version() -> str:
    """The version of the library that was loaded, such as "0.1.0"."""
    return str(library.locjob_version(), "ascii")


# ---------------------------------------------------------------------------------------------------
# The client
# ---------------------------------------------------------------------------------------------------


class Call:
    """A time limit for calls, and a way to end them from another thread or a signal handler.

    It may be given to one call after another or to several at once, and stays cancelled once it is.
    """

    def __init__(self, timeout: float | None = None) -> None:
        """`timeout` is in seconds, for a whole call with its retries; None is the client's, 0 is none."""
        self._handle = library.locjob_call_new()
        if not self._handle:
            raise _failure(3, "out of memory or descriptors")
        if timeout is not None:
            library.locjob_call_set_timeout_ms(self._handle, _milliseconds(timeout))

    def cancel(self) -> None:
        """Ends the calls made with this, now and later: they raise Cancelled."""
        library.locjob_call_cancel(self._handle)

    def __del__(self) -> None:
        # Whoever is inside a call refers to this object, so nobody uses the handle any more.
        if getattr(self, "_handle", None):
            library.locjob_call_free(self._handle)


class Client:
    """Configuration, credentials and open connections: make one and keep it.

    `close`, the end of a `with` block or the garbage collector releases it.
    """

    exceptions = SimpleNamespace(ClientError=ClientError, **_MODELLED)

    def __init__(
        self,
        region_name: str | None = None,
        aws_access_key_id: str | None = None,
        aws_secret_access_key: str | None = None,
        aws_session_token: str | None = None,
        endpoint_url: str | None = None,
        profile_name: str | None = None,
        logger: logging.Logger | None = None,
        credentials_provider: Callable[[], Mapping[str, Any]] | None = None,
        mfa_provider: Callable[[str], str] | None = None,
        **settings: str | bool | int | os.PathLike[str] | None,
    ) -> None:
        """The named arguments are boto3's; `settings` are those of locjob_config_set in locjob.h, such
        as max_attempts=1 or call_timeout_ms=5000. What is None comes from the environment and the
        shared files. `logger` receives the library's warnings, and each attempt if it wants debugging.

        `credentials_provider` stands for the whole chain. It returns what botocore's refreshable
        credentials are made of: a dictionary with "access_key", "secret_key" and, where there are such,
        "token" and "expiry_time" (a datetime with its zone, or ISO 8601 text). `mfa_provider` is given the
        serial number of a device and returns its code. Both are called by the thread that is inside
        get_job. What they raise becomes a CredentialRetrievalError, with the exception as its cause.
        """
        self._handle = None
        self._lock = threading.Lock()
        self._calls: list[Call] = []
        self._spare: list[Call] = []  # without a limit, for calls to come
        self._raised = threading.local()  # by a provider, in the call of this thread
        # Kept: they must outlive the client.
        self._logger = _bridge(logger) if logger else None
        self._credentials = _CredentialsProvider(self._provide(credentials_provider))
        self._mfa = _MFAProvider(self._code(mfa_provider))
        settings.update(
            region=region_name,
            aws_access_key_id=aws_access_key_id,
            aws_secret_access_key=aws_secret_access_key,
            aws_session_token=aws_session_token,
            endpoint_url=endpoint_url,
            profile=profile_name,
        )
        config = library.locjob_config_new()
        try:
            for name, value in settings.items():
                # What this returns is not needed: locjob_client_new refuses what was refused here.
                library.locjob_config_set(config, _bytes(name, name), _bytes(name, value))
            if logger:
                level = _LOG_DEBUG if logger.isEnabledFor(logging.DEBUG) else _LOG_WARNING
                library.locjob_config_set_logger(config, self._logger, None, level)
            if credentials_provider:
                library.locjob_config_set_credentials_provider(config, self._credentials, None)
            if mfa_provider:
                library.locjob_config_set_mfa_provider(config, self._mfa, None)
            handle = c_void_p()
            with _released(library.locjob_client_new(config, ctypes.byref(handle))) as refusal:
                if not handle.value:
                    raise _error(refusal)
        finally:
            library.locjob_config_free(config)
        self._handle = handle.value
        self._closed = False

    def get_job(self, *, JobId: str, timeout: float | None = None, call: Call | None = None) -> dict[str, Any]:
        """Asks the service for the state of a job; returns what boto3's get_job returns.

        `timeout` is in seconds and for the whole call with its retries; a `call` has a limit of its own
        and a way to cancel. Raises LocjobError. Ctrl-C is noticed when the call has ended, as Python runs
        no signal handler inside a C function.
        """
        job_id = _job_id_bytes(JobId)
        call = _chosen(call, timeout)
        return self._ask(call, "GetJob", _job, lambda call: library.locjob_get(self._handle, job_id, call))

    def wait_for_job(self, *, JobId: str, timeout: float | None = None, call: Call | None = None) -> dict[str, Any]:
        """Waits until a job is Completed, and returns what get_job returns of it.

        Raises JobFailed or JobCancelled, whose `job` is the same of a job that ended so; DeadlineExceeded when
        the time was over before; else what get_job raises. `timeout` is in seconds and for the whole wait; None is
        the client's wait_timeout_ms (a day), 0 is none. How often the service is asked is a matter of the client's
        settings, such as wait_min_delay_ms. Ctrl-C ends a wait of the main thread, and cancels its `call`.
        """
        job_id = _job_id_bytes(JobId)
        call = _chosen(call, timeout) or Call()

        def wait() -> dict[str, Any]:
            return self._ask(call, "GetJob", _job, lambda call: library.locjob_wait(self._handle, job_id, call))

        if threading.current_thread() is not threading.main_thread():
            return wait()
        # Python runs its signal handlers in the main thread alone, and not while that is inside a C function.
        with futures.ThreadPoolExecutor(1) as pool:
            waiting = pool.submit(wait)
            try:
                futures.wait([waiting])
            except BaseException:
                call.cancel()
                raise
            return waiting.result()

    def list_jobs(
        self, *, Filter: Mapping[str, str] | None = None, MaxResults: int | None = None, NextToken: str | None = None,
        timeout: float | None = None, call: Call | None = None,
    ) -> dict[str, Any]:  # fmt: skip
        """Asks for a page of the account's jobs; returns what boto3's list_jobs returns.

        `Filter` is {"JobStatus": "Running"} or another status, `NextToken` that of the page before.
        """
        wanted = {} if Filter is None else Filter
        if not isinstance(wanted, Mapping) or set(wanted) - {"JobStatus"}:
            raise _failure(1, f"Filter: {Filter!r} is no dictionary with a JobStatus alone")
        status, token = _optional_bytes("JobStatus", wanted.get("JobStatus")), _optional_bytes("NextToken", NextToken)
        most = 0 if MaxResults is None else _integer("MaxResults", MaxResults, 1, 100)
        call = _chosen(call, timeout)

        def ask(call: int) -> int | None:
            return library.locjob_list(self._handle, status, most, token, call)

        return self._ask(call, "ListJobs", _page, ask)

    def explain(self) -> dict[str, Any]:
        """How this client is configured, and why: locjob_client_explain of locjob.h. It holds no secret."""
        with self._using(None), _released(library.locjob_client_explain(self._handle)) as result:
            if library.locjob_result_code(result):
                raise _error(result)
            return json.loads(library.locjob_result_json(result))

    def close(self) -> None:
        """Refuses new calls and ends those of other threads with Cancelled (a Call that was given to
        them stays cancelled)."""
        with self._lock:
            self._closed = True
            self._spare.clear()
            for call in self._calls:
                call.cancel()
            self._free_if_idle()

    def _ask(
        self, call: Call | None, operation: str, read: Callable[..., Any], ask: Callable[[Any], Any]
    ) -> dict[str, Any]:
        """A call from beginning to end."""
        raised = self._raised
        raised.exception = None
        with self._using(call) as handle, _released(ask(handle)) as result:
            cause = raised.exception
            if cause and not isinstance(cause, Exception):  # Ctrl-C in a provider ends more than the call
                raise cause
            if library.locjob_result_code(result):
                raise _error(result, operation) from cause
            return read(result)

    # No exception may leave the two functions below: what is called by C has nobody above it to catch one,
    # and ctypes would go on with 0, which means success.

    def _provide(self, provider: Callable[[], Mapping[str, Any]] | None) -> Callable[..., int]:
        def provide(user: int | None, credentials: int | None) -> int:
            try:
                given = provider()
                parts = (given[name] for name in ("access_key", "secret_key"))
                texts = [_bytes("credentials_provider", part) for part in (*parts, given.get("token"))]
                end = _expiration(given.get("expiry_time"))
                return library.locjob_credentials_set(credentials, *texts, end)
            except BaseException as exception:
                self._raised.exception = exception
                return 1

        return provide

    def _code(self, provider: Callable[[str], str] | None) -> Callable[..., int]:
        def code(user: int | None, serial: bytes, room: int, size: int) -> int:
            try:
                text = _bytes("mfa_provider", provider(serial.decode()))
                if text is None or len(text) >= size:
                    return 1
                ctypes.memmove(room, text + b"\0", len(text) + 1)
                return 0
            except BaseException as exception:
                self._raised.exception = exception
                return 1

        return code

    @contextlib.contextmanager
    def _using(self, given: Call | None) -> Iterator[Any]:
        """Keeps the C client alive: it must not be released between here and the call that uses it."""
        # No Call is made while the lock is held: that may run other code, or be where another thread forks.
        call = given or self._take_spare() or Call()
        with self._lock:
            if self._closed:
                raise _failure(1, "the client is closed")
            self._calls.append(call)
        try:
            yield call._handle
        finally:
            with self._lock:
                self._calls.remove(call)
                # Cancelled by nobody but `close`.
                if not given and not self._closed and len(self._spare) < _MOST_SPARE:
                    self._spare.append(call)
                self._free_if_idle()

    def _take_spare(self) -> Call | None:
        try:
            return self._spare.pop()
        except IndexError:
            return None

    def _free_if_idle(self) -> None:
        if self._closed and not self._calls:
            library.locjob_client_free(self._handle)
            self._handle = None

    def __enter__(self) -> Client:
        return self

    def __exit__(self, *_: Any) -> None:
        self.close()

    def __del__(self) -> None:
        if getattr(self, "_handle", None):
            library.locjob_client_free(self._handle)


# ---------------------------------------------------------------------------------------------------
# The queue
# ---------------------------------------------------------------------------------------------------


class QueueResult(NamedTuple):
    """What comes out of a Queue: the job, or why there is none; both for one that was waited for and failed."""

    job_id: str
    tag: int
    job: Optional[dict[str, Any]]  #: what get_job returns
    error: Optional[LocjobError]  #: what get_job or wait_for_job would have raised
    is_final: bool  #: False for a change of status that `watch` tells while the job goes on


_LAST_TAG = (1 << 64) - 1


class Queue:
    """Any number of gets and waits in flight at once: locjob_queue of locjob.h.

    Nothing happens but inside `next`, or while iterating, which ends when nothing is left to come:

        with locjob.Queue(client) as queue:
            for number, job_id in enumerate(job_ids):
                queue.wait(job_id, tag=number)
            for result in queue:
                print(result.job_id, result.error or result.job["Status"])

    In an event loop, such as asyncio's, take results by next(0) until that returns None, whenever `fileno()` is
    readable. A queue belongs to one thread at a time, else QueueBusy is raised.
    """

    def __init__(self, client: Client) -> None:
        self._handle = None
        self._lock = threading.Lock()
        self._client = client  # kept: its providers are called from here
        self._cause: BaseException | None = None
        self._interrupted: QueueResult | None = None
        handle, call = c_void_p(), Call()
        with client._using(call), _released(library.locjob_queue_new(client._handle, ctypes.byref(handle))) as refusal:
            if not handle.value:
                raise _error(refusal)
        self._handle = handle.value

    def get(self, job_id: str, tag: int = 0) -> None:
        """Adds a get: `next` returns one result for it, with this `tag` (0 to 2**64 - 1)."""
        self._add(library.locjob_queue_get, job_id, tag)

    def wait(self, job_id: str, tag: int = 0) -> None:
        """Adds a wait for the end of a job, as by wait_for_job."""
        self._add(library.locjob_queue_wait, job_id, tag)

    def watch(self, job_id: str, tag: int = 0) -> None:
        """As `wait`, with a result for the present status and each change of it too."""
        self._add(library.locjob_queue_watch, job_id, tag)

    def next(self, timeout: float | None = None) -> QueueResult | None:
        """Goes on with all that is in the queue, and returns the next result.

        Waits for it up to `timeout` seconds: 0 not at all, None without a limit. None when there is none by then, or
        nothing is left to wait for. Ctrl-C is noticed.
        """
        limit = math.inf if timeout is None else _milliseconds(timeout) / 1000
        end = time.monotonic() + limit
        with self._exclusively() as handle:
            while True:
                result = self._take(handle)
                left = end - time.monotonic()
                if result or left <= 0 or not library.locjob_queue_pending(handle):
                    return result
                readable = select.poll()  # where Python runs its signal handlers, unlike inside a C function
                readable.register(library.locjob_queue_fd(handle), select.POLLIN)
                readable.poll(min(left, 86_400) * 1000)

    def __iter__(self) -> Iterator[QueueResult]:
        while (result := self.next()) is not None:
            yield result

    def fileno(self) -> int:
        """A descriptor to wait for, not to be closed: while it is readable, `next` has something to do."""
        with self._exclusively() as handle:
            return library.locjob_queue_fd(handle)

    def cancel(self, tag: int) -> None:
        """Ends all gets and waits with this tag: they come out of `next` with Cancelled. Raises UnknownTag."""
        with self._exclusively() as handle:
            _check(library.locjob_queue_cancel(handle, _integer("tag", tag, 0, _LAST_TAG)), f"tag {tag}")

    @property
    def pending(self) -> int:
        """How many final results are still to come out of `next`."""
        with self._exclusively() as handle:
            kept = self._interrupted is not None and self._interrupted.is_final
            return library.locjob_queue_pending(handle) + kept

    def close(self) -> None:
        """Ends what is in the queue; results that were not taken are lost."""
        with self._exclusively(or_closed=True) as handle:
            self._handle = None
            library.locjob_queue_free(handle)

    def _add(self, add: Callable[[int, bytes, int], int], job_id: str, tag: int) -> None:
        text = _job_id_bytes(job_id)
        with self._exclusively() as handle:
            _check(add(handle, text, _integer("tag", tag, 0, _LAST_TAG)), "nothing was added")

    def _take(self, handle: int) -> QueueResult | None:
        """The next result that is there; Ctrl-C in a provider is raised here, and no result is lost by that."""
        if self._interrupted:
            result, self._interrupted = self._interrupted, None
            return result
        raised = self._client._raised
        raised.exception = None
        with _released(library.locjob_queue_next(handle, 0)) as pointer:
            self._cause = raised.exception or self._cause
            result = _queue_result(pointer, self._cause) if pointer else None
        if raised.exception and not isinstance(raised.exception, Exception):
            self._interrupted, self._cause = result, None
            raise raised.exception
        return result

    @contextlib.contextmanager
    def _exclusively(self, or_closed: bool = False) -> Iterator[Any]:
        """The handle, which nobody else uses or frees meanwhile."""
        if not self._lock.acquire(blocking=False):
            raise _failure(5, "the queue is in use")
        try:
            if not self._handle and not or_closed:
                raise _failure(1, "the queue is closed")
            yield self._handle
        finally:
            self._lock.release()

    def __enter__(self) -> Queue:
        return self

    def __exit__(self, *_: Any) -> None:
        self.close()

    def __del__(self) -> None:
        if getattr(self, "_handle", None):
            library.locjob_queue_free(self._handle)


def _queue_result(result: int, cause: BaseException | None) -> QueueResult:
    code, job, error = library.locjob_result_code(result), None, None
    try:
        if library.locjob_result_job(result):
            job = _job(result)
        if code:
            error = _error(result)
            error.__cause__ = cause if isinstance(error, CredentialRetrievalError) else None
    except LocjobError as exception:
        error = exception
    job_id, tag = library.locjob_result_job_id(result).decode(), library.locjob_result_tag(result)
    return QueueResult(job_id, tag, job, error, bool(library.locjob_result_is_final(result)))


def _check(code: int, what: str) -> None:
    if code:
        raise _failure(code, f"{what}: {library.locjob_code_text(code).decode()}")


# ---------------------------------------------------------------------------------------------------
# From Python to C and back
# ---------------------------------------------------------------------------------------------------

#: The members of a job that boto3 knows. Others stay in the library's JSON, null ones are absent.
_MEMBERS: dict[str, Any] = {
    "Action": None,
    "ActionOptions": {"ValidateAddress": {"AdditionalFeatures": None}},
    "CreatedAt": None,
    "EndedAt": None,
    "Error": {"Code": None, "Messages": None},
    "ExecutionRoleArn": None,
    "InputOptions": {"Location": None, "Format": None},
    "JobArn": None,
    "JobId": None,
    "Name": None,
    "OutputOptions": {"Format": None, "Location": None},
    "Status": None,
    "UpdatedAt": None,
    "Tags": None,
}
_ENTRY_MEMBERS = {name: inner for name, inner in _MEMBERS.items() if name != "Tags"}


def _known(value: dict[str, Any], members: dict[str, Any]) -> dict[str, Any]:
    """What of a JSON object is known and not null."""
    return {
        name: _known(found, inner) if inner else found
        for name, inner in members.items()
        if (found := value.get(name)) is not None
    }


def _described(job: dict[str, Any], members: dict[str, Any], struct: Job) -> dict[str, Any]:
    """A job's dictionary: its JSON, with the times that the library has read."""
    described = _known(job, members)
    try:
        times = ("CreatedAt", struct.created_at), ("UpdatedAt", struct.updated_at), ("EndedAt", struct.ended_at)
        for name, moment in times:
            if moment.present:
                described[name] = moment.utc()
        return described
    except OverflowError:
        raise _failure(38, "a time outside the years 1 to 9999") from None


def _job(result: int | None) -> dict[str, Any]:
    """The dictionary of a result with a job."""
    job, struct = json.loads(library.locjob_result_json(result)), library.locjob_result_job(result).contents
    metadata = json.loads(library.locjob_result_metadata(result))
    return {"ResponseMetadata": metadata, **_described(job, _MEMBERS, struct)}


def _page(result: int | None) -> dict[str, Any]:
    """The dictionary of a result with a page of jobs."""
    page = json.loads(library.locjob_result_json(result))
    entries = [
        _described(entry, _ENTRY_MEMBERS, library.locjob_result_entry(result, index).contents)
        for index, entry in enumerate(page["Entries"])
    ]
    metadata = json.loads(library.locjob_result_metadata(result))
    return {"ResponseMetadata": metadata, "Entries": entries, **_known(page, {"NextToken": None})}


def _error(result: int | None, operation: str = "GetJob") -> LocjobError:
    """The exception for a failed result."""
    error = _failure(
        library.locjob_result_code(result),
        library.locjob_result_message(result).decode(),
        json.loads(library.locjob_result_json(result)),
        operation,
    )
    if isinstance(error, WaiterError):
        error.job = _job(result)
    error.attempts = library.locjob_result_attempts(result)
    error.retryable = bool(library.locjob_result_retryable(result))
    error.trace = json.loads(library.locjob_result_trace(result))
    return error


def _failure(code: int, message: str, response: dict[str, Any] | None = None, operation: str = "") -> LocjobError:
    kind = ERRORS.get(code, LocjobError)
    error: LocjobError
    if response and issubclass(kind, ClientError):
        error = _MODELLED.get(response["Error"]["Code"], kind)(response, operation)
    else:
        error = kind(message)
    error.code = code
    error.code_name = library.locjob_code_name(code).decode()
    return error


def _bytes(name: str, value: object) -> bytes | None:
    """A setting as C has it. Bytes that Python could not decode are for the library to judge."""
    if value is None:
        return None
    text = str(value).lower() if isinstance(value, bool) else str(value)
    if "\0" in text:  # C would take what is in front of it
        raise _failure(11, f"{name}: a NUL character inside the value")
    return text.encode("utf-8", "surrogateescape")


def _expiration(time: datetime | str | None) -> int:
    """As C has it: seconds since 1970, 0 for none."""
    if time is None:
        return 0
    if isinstance(time, str):
        time = datetime.fromisoformat(time[:-1] + "+00:00" if time.endswith("Z") else time)
    if time.tzinfo is None:
        raise _failure(11, "expiry_time: a time without its zone")
    return int(time.timestamp())


def _job_id_bytes(job_id: Any) -> bytes:
    return _text_bytes("JobId", job_id, 2)


def _optional_bytes(name: str, text: Any) -> bytes | None:
    return None if text is None else _text_bytes(name, text, 1)


def _text_bytes(name: str, text: Any, code: int) -> bytes:
    """Text of a request as C has it; what C could not express raises the exception of `code`."""
    if not isinstance(text, str):
        raise _failure(code, f"{name}: {type(text).__name__} is no str")
    if "\0" in text:
        raise _failure(code, f"{name}: a NUL character inside")
    try:
        return text.encode()
    except UnicodeEncodeError:
        raise _failure(code, f"{name}: a lone surrogate, which UTF-8 cannot express") from None


def _integer(name: str, value: Any, least: int, most: int) -> int:
    if not isinstance(value, int) or not least <= value <= most:  # ctypes would cut it
        raise _failure(1, f"{name}: {value!r} is no integer from {least} to {most}")
    return value


def _chosen(call: Call | None, timeout: float | None) -> Call | None:
    """None without a limit of its own."""
    if timeout is None:
        return call
    if call:
        raise _failure(1, "timeout: the call has its own")
    return Call(timeout)


def _milliseconds(seconds: float) -> int:
    try:
        milliseconds = math.ceil(seconds * 1000)
    except (TypeError, ValueError, OverflowError):  # no number, not a number, infinite
        milliseconds = -1
    if not 0 <= milliseconds < 1 << 63:
        raise _failure(1, f"timeout: {seconds!r} is no number of seconds")
    return milliseconds


@contextlib.contextmanager
def _released(result: int | None) -> Iterator[int | None]:
    """A result for the length of a `with` block. All functions take a missing one, as they say."""
    try:
        yield result
    finally:
        library.locjob_free(result)


_LOG_WARNING, _LOG_DEBUG = 1, 2


def _bridge(logger: logging.Logger) -> Any:
    levels = {_LOG_WARNING: logging.WARNING, _LOG_DEBUG: logging.DEBUG}
    return _Logger(
        lambda user, level, message: logger.log(levels.get(level, logging.INFO), "%s", message.decode())
    )
