// The state of an Amazon Location Service job, from liblocjob by way of cgo.
//
//	locjob JOB_ID…           ask once
//	locjob --wait JOB_ID…    wait until each has ended
//	locjob NAME=VALUE …      the same with settings, such as region=us-east-1
//
// Exit status: 0 all jobs were read, 1 one of them has failed or was cancelled, 2 one could not be read.
//
// Build, in the top folder after `make build`:
//
//	CGO_CFLAGS="-I$PWD/include" CGO_LDFLAGS="-L$PWD/.build/release -llocjob -Wl,-rpath,$PWD/.build/release" \
//	    go build -o locjob examples/go/locjob.go
//
// Everything above main is the binding, to be made a package of your own. A goroutine inside a call keeps a thread
// of the operating system; for many jobs at once there is the library's queue.
package main

/*
#include <stdlib.h>
#include <locjob.h>

static locjob_result *locjob_ask(int wait, locjob_client *client, const char *job_id, locjob_call *call)
{
	return wait ? locjob_wait(client, job_id, call) : locjob_get(client, job_id, call);
}
*/
import "C"

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"sync"
	"time"
	"unsafe"
)

// Error is a failure: Code and CodeName are the library's, ErrorCode is the service's own word.
type Error struct {
	Code      int32
	CodeName  string
	ErrorCode string
	Message   string
	Attempts  int
	Retryable bool
	cause     error
}

func (e *Error) Error() string { return e.Message }

// Unwrap gives the context's error when it was the context that ended the call.
func (e *Error) Unwrap() error { return e.cause }

// Tag is one of a job's tags.
type Tag struct{ Key, Value string }

// Job is what the service said of a job, with its own words for status and the like. Absent text is empty, an absent
// time is the zero Time.
type Job struct {
	JobID, JobArn, Name           string
	Status, Action                string
	CreatedAt, UpdatedAt, EndedAt time.Time
	ExecutionRoleArn              string
	InputLocation, InputFormat    string
	OutputLocation, OutputFormat  string
	AdditionalFeatures            []string
	ErrorCode                     string
	ErrorMessages                 []string
	Tags                          []Tag
}

// Client is configuration, credentials and open connections. It may be used by any number of goroutines: make one and
// keep it, and Close it in the end.
type Client struct {
	using  sync.RWMutex // held to read by those inside a call: Close waits for them
	handle *C.locjob_client
}

var errClosed = errors.New("locjob: the client is closed")
var errNUL = errors.New("locjob: a NUL character inside a job id or a setting")

// NewClient makes a client with settings of locjob_config_set; the others come from the environment and the shared
// files.
func NewClient(settings map[string]string) (*Client, error) {
	config := C.locjob_config_new()
	defer C.locjob_config_free(config)
	for name, value := range settings {
		if strings.ContainsRune(name+value, 0) {
			return nil, errNUL
		}
		cName, cValue := C.CString(name), C.CString(value)
		C.locjob_config_set(config, cName, cValue) // what is refused here is refused by locjob_client_new
		C.free(unsafe.Pointer(cName))
		C.free(unsafe.Pointer(cValue))
	}
	client := &Client{}
	refusal := C.locjob_client_new(config, &client.handle)
	defer C.locjob_free(refusal)
	if client.handle == nil {
		return nil, failure(refusal)
	}
	return client, nil
}

// Close waits for the calls being made and releases the client. It may be called again.
func (c *Client) Close() {
	c.using.Lock()
	defer c.using.Unlock()
	C.locjob_client_free(c.handle)
	c.handle = nil
}

// Get asks for the state of a job. The context's end is the call's.
func (c *Client) Get(ctx context.Context, jobID string) (*Job, error) { return c.ask(ctx, 0, jobID) }

// Wait asks until the job has ended, well or badly: its status tells. The context's end is the call's.
func (c *Client) Wait(ctx context.Context, jobID string) (*Job, error) { return c.ask(ctx, 1, jobID) }

func (c *Client) ask(ctx context.Context, wait C.int, jobID string) (*Job, error) {
	if strings.ContainsRune(jobID, 0) {
		return nil, errNUL
	}
	c.using.RLock()
	defer c.using.RUnlock()
	if c.handle == nil {
		return nil, errClosed
	}
	call := C.locjob_call_new()
	if call == nil {
		return nil, failure(nil)
	}
	done, watched := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(watched)
		select {
		case <-ctx.Done():
			C.locjob_call_cancel(call)
		case <-done:
		}
	}()
	defer func() { close(done); <-watched; C.locjob_call_free(call) }()

	cID := C.CString(jobID)
	defer C.free(unsafe.Pointer(cID))
	result := C.locjob_ask(wait, c.handle, cID, call)
	defer C.locjob_free(result)
	if job := C.locjob_result_job(result); job != nil {
		return copyJob(job), nil
	}
	failed := failure(result)
	if failed.Code == C.LOCJOB_CANCELLED {
		failed.cause = ctx.Err()
	}
	return nil, failed
}

// failure copies what a failed result says; nil is exhausted memory, as the library reads it.
func failure(result *C.locjob_result) *Error {
	code := C.locjob_result_code(result)
	return &Error{
		Code:      int32(code),
		CodeName:  C.GoString(C.locjob_code_name(code)),
		ErrorCode: C.GoString(C.locjob_result_error_code(result)),
		Message:   C.GoString(C.locjob_result_message(result)),
		Attempts:  int(C.locjob_result_attempts(result)),
		Retryable: C.locjob_result_retryable(result) != 0,
	}
}

// text goes by the length, as text may hold NUL.
func text(s C.locjob_string) string {
	if s.data == nil {
		return ""
	}
	return string(unsafe.Slice((*byte)(unsafe.Pointer(s.data)), int(s.length)))
}

func moment(t C.locjob_timestamp) time.Time {
	if t.present == 0 {
		return time.Time{}
	}
	return time.Unix(int64(t.seconds), int64(t.nanoseconds)).UTC()
}

func copyJob(job *C.locjob_job) *Job {
	copied := &Job{
		JobID:            text(job.job_id),
		JobArn:           text(job.job_arn),
		Name:             text(job.name),
		Status:           text(job.status.text),
		Action:           text(job.action.text),
		CreatedAt:        moment(job.created_at),
		UpdatedAt:        moment(job.updated_at),
		EndedAt:          moment(job.ended_at),
		ExecutionRoleArn: text(job.execution_role_arn),
		InputLocation:    text(job.input_location),
		InputFormat:      text(job.input_format.text),
		OutputLocation:   text(job.output_location),
		OutputFormat:     text(job.output_format.text),
		ErrorCode:        text(job.error_code.text),
	}
	for _, feature := range unsafe.Slice(job.additional_features, int(job.additional_feature_count)) {
		copied.AdditionalFeatures = append(copied.AdditionalFeatures, text(feature.text))
	}
	for _, message := range unsafe.Slice(job.error_messages, int(job.error_message_count)) {
		copied.ErrorMessages = append(copied.ErrorMessages, text(message))
	}
	for _, tag := range unsafe.Slice(job.tags, int(job.tag_count)) {
		copied.Tags = append(copied.Tags, Tag{text(tag.key), text(tag.value)})
	}
	return copied
}

// The program.

func printJob(job *Job) {
	name := job.Name
	if name == "" {
		name = "-"
	}
	fmt.Printf("%-22s%s\n", "Job id", job.JobID)
	fmt.Printf("%-22s%s\n", "Name", name)
	fmt.Printf("%-22s%s\n", "Status", job.Status)
	fmt.Printf("%-22s%s\n", "Updated at", job.UpdatedAt.Format(time.RFC3339Nano))
	if job.ErrorCode != "" {
		fmt.Printf("%-22s%s\n", "Error code", job.ErrorCode)
	}
	for _, message := range job.ErrorMessages {
		fmt.Printf("%-22s%s\n", "Error message", message)
	}
	for _, tag := range job.Tags {
		fmt.Printf("%-22s%s = %s\n", "Tag", tag.Key, tag.Value)
	}
}

func printError(what string, err error) {
	fmt.Fprintf(os.Stderr, "%s: %v\n", what, err)
	var failed *Error
	if errors.As(err, &failed) {
		fmt.Fprintf(os.Stderr, "  code        %s\n  error code  %s\n", failed.CodeName, failed.ErrorCode)
	}
}

func run(arguments []string) (exitStatus int) {
	settings := map[string]string{}
	var wait bool
	var jobIDs []string
	for _, argument := range arguments {
		if argument == "--wait" {
			wait = true
		} else if name, value, found := strings.Cut(argument, "="); found {
			settings[name] = value
		} else {
			jobIDs = append(jobIDs, argument)
		}
	}
	client, err := NewClient(settings)
	if err != nil {
		printError("locjob", err)
		return 2
	}
	defer client.Close()
	ask := client.Get
	if wait {
		ask = client.Wait
	}
	for _, jobID := range jobIDs {
		job, err := ask(context.Background(), jobID)
		if err != nil {
			printError(jobID, err)
			exitStatus = 2
			continue
		}
		printJob(job)
		if exitStatus == 0 && (job.Status == "Failed" || job.Status == "Cancelled") {
			exitStatus = 1
		}
	}
	return exitStatus
}

func main() { os.Exit(run(os.Args[1:])) }
