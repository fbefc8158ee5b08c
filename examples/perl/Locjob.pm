package Locjob;

=encoding utf8

=head1 NAME

Locjob - the state of an Amazon Location Service job, from liblocjob by way of FFI::Platypus

=head1 SYNOPSIS

    use Locjob;

    my $client = Locjob->new(region => 'us-east-1');
    my $job = eval { $client->get('my-job-id') };
    if ($job) {
        print "$job->{status}\n";
    } else {
        my $error = $@;    # a Locjob::Error, which is its message as text
        print ref $error ? $error->{code_name} : '', " $error\n";
    }

As a program, in the top folder after C<make build>:

    export LD_LIBRARY_PATH=$PWD/.build/release
    perl examples/perl/Locjob.pm JOB_ID…           # ask once
    perl examples/perl/Locjob.pm --wait JOB_ID…    # wait until each has ended
    perl examples/perl/Locjob.pm NAME=VALUE …      # the same with settings, such as region=us-east-1

Exit status: 0 all jobs were read, 1 one of them has failed or was cancelled, 2 one could not be read.

Perl runs no signal handler before a call has ended; the setting call_timeout_ms bounds it. A client stays with the
thread of perl that made it: others see undef in its place.

=cut

use v5.24;
use warnings;
use utf8;

use Carp qw(croak);
use Encode qw(decode encode);
use FFI::Platypus 1.00;
use FFI::Platypus::Buffer qw(buffer_to_scalar);

my $ffi = FFI::Platypus->new(api => 1, lib => 'liblocjob.so.0');
$ffi->attach(locjob_code_name         => ['sint32'] => 'string');
$ffi->attach(locjob_config_new        => [] => 'opaque');
$ffi->attach(locjob_config_set        => ['opaque', 'string', 'string'] => 'sint32');
$ffi->attach(locjob_config_free       => ['opaque'] => 'void');
$ffi->attach(locjob_client_new        => ['opaque', 'opaque*'] => 'opaque');
$ffi->attach(locjob_client_free       => ['opaque'] => 'void');
$ffi->attach(locjob_get               => ['opaque', 'string', 'opaque'] => 'opaque');
$ffi->attach(locjob_wait              => ['opaque', 'string', 'opaque'] => 'opaque');
$ffi->attach(locjob_free              => ['opaque'] => 'void');
$ffi->attach(locjob_result_code       => ['opaque'] => 'sint32');
$ffi->attach(locjob_result_job        => ['opaque'] => 'opaque');
$ffi->attach(locjob_result_message    => ['opaque'] => 'string');
$ffi->attach(locjob_result_error_code => ['opaque'] => 'string');
$ffi->attach(locjob_result_attempts   => ['opaque'] => 'sint32');
$ffi->attach(locjob_result_retryable  => ['opaque'] => 'sint32');

# The structs of locjob.h as unpack reads them. All members lie where they are without padding. An array is its first
# element's address and its length, as a string is.
my $STRING    = 'J2';
my $ENUM      = 'l2 J2';
my $TIMESTAMP = 'q l2';
my $ARRAY     = 'J2';
my @MEMBERS   = (
    [job_id => $STRING], [job_arn => $STRING], [name => $STRING], [status => $ENUM], [action => $ENUM],
    [created_at => $TIMESTAMP], [updated_at => $TIMESTAMP], [ended_at => $TIMESTAMP],
    [execution_role_arn => $STRING], [input_location => $STRING], [input_format => $ENUM],
    [output_location => $STRING], [output_format => $ENUM], [additional_features => $ARRAY],
    [error_code => $ENUM], [error_messages => $ARRAY], [tags => $ARRAY],
);

sub size_of { length pack shift }

# The numbers of a struct.
sub read_struct {
    my ($address, $template) = @_;
    return unpack $template, buffer_to_scalar($address, size_of($template));
}

# By its length, as text may hold NUL; undef when absent.
sub text {
    my ($data, $length) = @_;
    return $data ? decode('UTF-8', buffer_to_scalar($data, $length)) : undef;
}

sub elements {
    my ($first, $count, $template) = @_;
    return map { [read_struct($first + $_ * size_of($template), $template)] } 0 .. $count - 1;
}

# What the service said of a job, copied from the C struct, which lives as long as its result: a hash with the service's
# own words for status and the like, and times in seconds since 1970. Absent is undef.
sub copy_job {
    my ($address) = @_;
    my $offset = 0;
    my %job;
    for my $member (@MEMBERS) {
        my ($name, $template) = @$member;
        my @numbers = read_struct($address + $offset, $template);
        $offset += size_of($template);
        $job{$name} =
            $template eq $ENUM      ? text(@numbers[2, 3])
          : $template eq $TIMESTAMP ? ($numbers[2] ? $numbers[0] + $numbers[1] / 1e9 : undef)
          : $name eq 'additional_features' ? [map { text(@$_[2, 3]) } elements(@numbers, $ENUM)]
          : $name eq 'error_messages'      ? [map { text(@$_) } elements(@numbers, $STRING)]
          : $name eq 'tags' ? {map { text(@$_[0, 1]) => text(@$_[2, 3]) } elements(@numbers, "$STRING $STRING")}
          :                   text(@numbers);
    }
    return \%job;
}

# A string for C, which would take what is in front of a NUL for the whole.
sub checked {
    my ($value) = @_;
    croak 'a NUL character inside a job id or a setting' if $value =~ /\0/;
    return encode('UTF-8', $value);
}

# Makes a client: configuration, credentials and open connections. Make one and keep it. The settings are those of
# locjob_config_set; the others come from the environment and the shared files.
sub new {
    my ($class, %settings) = @_;
    my %checked = map { checked($_) => checked($settings{$_}) } keys %settings;
    my $config = locjob_config_new();
    # What is refused here is refused by locjob_client_new, with a message.
    locjob_config_set($config, $_, $checked{$_}) for keys %checked;
    my $refusal = locjob_client_new($config, \my $handle);
    locjob_config_free($config);
    my $error = $handle ? undef : Locjob::Error->new($refusal);
    locjob_free($refusal);
    die $error if $error;
    return bless {handle => $handle}, $class;
}

sub CLONE_SKIP { 1 }    # a copy in another thread would be released a second time

sub DESTROY {
    my ($self) = @_;
    locjob_client_free(delete $self->{handle});
}

# Asks for the state of a job, and waits for the answer.
sub get {
    my ($self, $job_id) = @_;
    return read_result(locjob_get($self->{handle}, checked($job_id), undef));
}

# Asks until the job has ended, well or badly: its status tells.
sub wait {
    my ($self, $job_id) = @_;
    return read_result(locjob_wait($self->{handle}, checked($job_id), undef));
}

# The job of a result, which is released; dies of a failure. undef stands for exhausted memory, as all functions read it.
sub read_result {
    my ($result) = @_;
    my $address = locjob_result_job($result);
    my $answer = eval { $address ? copy_job($address) : Locjob::Error->new($result) } || $@;
    locjob_free($result);
    die $answer unless ref $answer eq 'HASH';
    return $answer;
}

# A failure: code and code_name are the library's (52, "LOCJOB_NOT_FOUND"), error_code is the service's own word.
package Locjob::Error {
    use overload '""' => sub { $_[0]{message} }, fallback => 1;

    sub new {
        my ($class, $result) = @_;
        my $code = Locjob::locjob_result_code($result);
        return bless {
            code       => $code,
            code_name  => Locjob::locjob_code_name($code),
            error_code => Encode::decode('UTF-8', Locjob::locjob_result_error_code($result)),
            message    => Encode::decode('UTF-8', Locjob::locjob_result_message($result)),
            attempts   => Locjob::locjob_result_attempts($result),
            retryable  => Locjob::locjob_result_retryable($result) != 0,
        }, $class;
    }
}

# The program.

sub print_job {
    my ($job) = @_;
    my $print = sub { printf "%-22s%s\n", @_ };
    $print->('Job id', $job->{job_id});
    $print->('Name',   $job->{name} // '-');
    $print->('Status', $job->{status});
    $print->('Updated at', POSIX::strftime('%Y-%m-%dT%H:%M:%SZ', gmtime $job->{updated_at})) if defined $job->{updated_at};
    $print->('Error code', $job->{error_code}) if defined $job->{error_code};
    $print->('Error message', $_) for @{$job->{error_messages}};
    $print->('Tag', "$_ = $job->{tags}{$_}") for sort keys %{$job->{tags}};
    return;
}

sub print_error {
    my ($what, $error) = @_;
    die $error unless ref $error;    # a mistake in this program
    print {*STDERR} "$what: $error\n  code        $error->{code_name}\n  error code  $error->{error_code}\n";
    return;
}

sub main {
    my ($wait, %settings, @job_ids) = 0;
    for (map { decode('UTF-8', $_) } @_) {
        if    ($_ eq '--wait')        { $wait = 1 }
        elsif (/\A ([^=]*) = (.*)/sx) { $settings{$1} = $2 }
        else                          { push @job_ids, $_ }
    }
    binmode $_, ':encoding(UTF-8)' for *STDOUT, *STDERR;
    my $client = eval { Locjob->new(%settings) };
    if (!$client) {
        print_error('locjob', $@);
        return 2;
    }
    my $status = 0;
    for my $job_id (@job_ids) {
        my $job = eval { $wait ? $client->wait($job_id) : $client->get($job_id) };
        if (!$job) {
            print_error($job_id, $@);
            $status = 2;
            next;
        }
        print_job($job);
        $status ||= 1 if $job->{status} =~ /\A (?: Failed | Cancelled ) \z/x;
    }
    return $status;
}

if (!caller) {
    require POSIX;
    exit main(@ARGV);
}

1;
