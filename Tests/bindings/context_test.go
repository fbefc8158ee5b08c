// What the binding for Go has besides what its program shows: contexts, closing, goroutines.
package main

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"
)

func newClient(t *testing.T) *Client {
	client, err := NewClient(map[string]string{"max_attempts": "1"})
	if err != nil {
		t.Fatal(err)
	}
	return client
}

func TestContextEndsACall(t *testing.T) {
	client := newClient(t)
	defer client.Close()
	ctx, cancel := context.WithTimeout(context.Background(), 100*time.Millisecond)
	defer cancel()
	for range []int{1, 2} { // while the call is made, and before it
		_, err := client.Get(ctx, "stalled")
		var failure *Error
		if !errors.Is(err, context.DeadlineExceeded) || !errors.As(err, &failure) || failure.CodeName != "LOCJOB_CANCELLED" {
			t.Fatal(err)
		}
	}
}

func TestCloseWaitsForCalls(t *testing.T) {
	client := newClient(t)
	var calls sync.WaitGroup
	for i := 0; i < 4; i++ {
		calls.Add(1)
		go func() {
			defer calls.Done()
			if job, err := client.Get(context.Background(), "slow"); err != nil || job.JobID != "slow" {
				t.Error(job, err)
			}
		}()
	}
	time.Sleep(200 * time.Millisecond) // slow takes three times that
	client.Close()
	client.Close()
	calls.Wait()
	if _, err := client.Get(context.Background(), "completed"); err != errClosed {
		t.Fatal(err)
	}
}

func TestMembers(t *testing.T) {
	client := newClient(t)
	defer client.Close()
	job, err := client.Get(context.Background(), "completed")
	if err != nil || len(job.AdditionalFeatures) != 2 || job.EndedAt.Unix() != 1795167062 {
		t.Fatal(job, err)
	}
	if job, err = client.Get(context.Background(), "failed"); err != nil || !job.EndedAt.IsZero() {
		t.Fatal(job, err)
	}
	if _, err = client.Get(context.Background(), "completed\x00"); err != errNUL {
		t.Fatal(err)
	}
}
