# The state of an Amazon Location Service job, from liblocjob by way of Fiddle. Ruby 3.0 or newer, no gem is needed.
#
#     require_relative "locjob"
#
#     client = Locjob::Client.new(region: "us-east-1")
#     begin
#       job = client.get("my-job-id")
#       puts job.status, job.updated_at
#     rescue Locjob::Error => error
#       warn "#{error.code_name}: #{error.message}"
#     end
#
# As a program, in the top folder after `make build`:
#
#     export LD_LIBRARY_PATH=$PWD/.build/release
#     ruby examples/ruby/locjob.rb JOB_ID…           ask once
#     ruby examples/ruby/locjob.rb --wait JOB_ID…    wait until each has ended
#     ruby examples/ruby/locjob.rb NAME=VALUE …      the same with settings, such as region=us-east-1
#
# Exit status: 0 all jobs were read, 1 one of them has failed or was cancelled, 2 one could not be read.
#
# Threads: a client may be used by any number of them. Fiddle lets go of the interpreter's lock while the library waits
# for the service, so other threads run on; but it cannot interrupt the call, so Ctrl-C, Thread#kill and Timeout take
# effect when it has ended. The setting call_timeout_ms bounds that.

require "fiddle/import"

module Locjob
  # What locjob.h declares, as far as it is used here.
  module C
    extend Fiddle::Importer
    dlload "liblocjob.so.0"

    Text = struct ["char *data", "size_t length"]
    Timestamp = struct ["int64_t seconds", "int32_t nanoseconds", "int32_t present"]
    Word = struct ["int32_t value", "int32_t reserved", {text: Text}]
    Tag = struct [{key: Text}, {value: Text}]
    Job = struct [
      {job_id: Text}, {job_arn: Text}, {name: Text}, {status: Word}, {action: Word},
      {created_at: Timestamp}, {updated_at: Timestamp}, {ended_at: Timestamp}, {execution_role_arn: Text},
      {input_location: Text}, {input_format: Word}, {output_location: Text}, {output_format: Word},
      "void *additional_features", "size_t additional_feature_count",
      {error_code: Word}, "void *error_messages", "size_t error_message_count", "void *tags", "size_t tag_count"
    ]

    extern "char *locjob_code_name(int32_t)"
    extern "void *locjob_config_new()"
    extern "int32_t locjob_config_set(void *, char *, char *)"
    extern "void locjob_config_free(void *)"
    extern "void *locjob_client_new(void *, void *)"
    extern "void locjob_client_free(void *)"
    extern "void *locjob_get(void *, char *, void *)"
    extern "void *locjob_wait(void *, char *, void *)"
    extern "void locjob_free(void *)"
    extern "int32_t locjob_result_code(void *)"
    extern "void *locjob_result_job(void *)"
    extern "char *locjob_result_message(void *)"
    extern "char *locjob_result_error_code(void *)"
    extern "int32_t locjob_result_attempts(void *)"
    extern "int32_t locjob_result_retryable(void *)"

    # A result is released when the block has ended. NULL stands for exhausted memory, as all functions read it.
    def self.with_result(result)
      yield result
    ensure
      locjob_free(result)
    end

    # A string for C, which would take what is in front of a NUL for the whole.
    def self.text(value)
      value = value.to_s.encode(Encoding::UTF_8)
      raise ArgumentError, "a NUL character inside a job id or a setting" if value.include?("\0")

      value
    end
  end

  # A failure: code and code_name are the library's (52, "LOCJOB_NOT_FOUND"), error_code is the service's own word.
  class Error < StandardError
    attr_reader :code, :code_name, :error_code, :attempts

    def initialize(result)
      @code = C.locjob_result_code(result)
      @code_name = C.locjob_code_name(@code).to_s
      @error_code = C.locjob_result_error_code(result).to_s.force_encoding(Encoding::UTF_8)
      @attempts = C.locjob_result_attempts(result)
      @retryable = C.locjob_result_retryable(result) != 0
      super(C.locjob_result_message(result).to_s.force_encoding(Encoding::UTF_8))
    end

    def retryable? = @retryable
  end

  # What the service said of a job, with its own words for status and the like; nil is absent.
  Job = Struct.new(
    :job_id, :job_arn, :name, :status, :action, :created_at, :updated_at, :ended_at, :execution_role_arn,
    :input_location, :input_format, :output_location, :output_format, :additional_features,
    :error_code, :error_messages, :tags, keyword_init: true
  ) do
    # A copy of the C struct, which lives as long as its result.
    def self.copy(pointer)
      c = C::Job.new(pointer)
      words = %i[status action input_format output_format error_code].to_h { |name| [name, text(c.public_send(name).text)] }
      times = %i[created_at updated_at ended_at].to_h { |name| [name, time(c.public_send(name))] }
      texts = %i[job_id job_arn name execution_role_arn input_location output_location]
      new(
        **words, **times, **texts.to_h { |name| [name, text(c.public_send(name))] },
        additional_features: list(C::Word, c.additional_features, c.additional_feature_count) { |word| text(word.text) },
        error_messages: list(C::Text, c.error_messages, c.error_message_count) { |message| text(message) },
        tags: list(C::Tag, c.tags, c.tag_count) { |tag| [text(tag.key), text(tag.value)] }.to_h
      )
    end

    # By its length, as text may hold NUL.
    def self.text(c) = c.data.null? ? nil : c.data[0, c.length].force_encoding(Encoding::UTF_8)

    def self.time(c) = c.present.zero? ? nil : Time.at(c.seconds, c.nanoseconds, :nsec, in: "UTC")

    def self.list(type, first, count) = Array.new(count) { |index| yield type.new(first + index * type.size) }

    private_class_method :text, :time, :list
  end

  # Configuration, credentials and open connections: make one and keep it. The garbage collector releases it, which
  # cannot be while a call uses it.
  class Client
    # The settings are those of locjob_config_set; the others come from the environment and the shared files.
    def initialize(**settings)
      config = C.locjob_config_new
      handle = Fiddle::Pointer.malloc(Fiddle::SIZEOF_VOIDP, Fiddle::RUBY_FREE)
      # What is refused by locjob_config_set is refused by locjob_client_new, with a message.
      settings.each { |name, value| C.locjob_config_set(config, C.text(name), C.text(value)) }
      C.with_result(C.locjob_client_new(config, handle)) { |refusal| raise Error, refusal if handle.ptr.null? }
      @handle = Fiddle::Pointer.new(handle.ptr.to_i, 0, C["locjob_client_free"])
    ensure
      C.locjob_config_free(config)
    end

    # Asks for the state of a job, and waits for the answer.
    def get(job_id) = read(C.locjob_get(@handle, C.text(job_id), nil))

    # Asks until the job has ended, well or badly: its status tells.
    def wait(job_id) = read(C.locjob_wait(@handle, C.text(job_id), nil))

    private

    def read(result)
      C.with_result(result) do
        job = C.locjob_result_job(result)
        job.null? ? raise(Error, result) : Job.copy(job)
      end
    end
  end
end

if $PROGRAM_NAME == __FILE__
  def print_job(job)
    lines = [["Job id", job.job_id], ["Name", job.name || "-"], ["Status", job.status]]
    lines << ["Updated at", job.updated_at.strftime("%FT%TZ")] if job.updated_at
    lines << ["Error code", job.error_code] if job.error_code
    lines += job.error_messages.map { |message| ["Error message", message] }
    lines += job.tags.map { |key, value| ["Tag", "#{key} = #{value}"] }
    lines.each { |label, value| puts label.ljust(22) + value }
  end

  def print_error(what, error)
    warn "#{what}: #{error.message}", "  code        #{error.code_name}", "  error code  #{error.error_code}"
  end

  options, arguments = ARGV.partition { |argument| argument == "--wait" }
  settings, job_ids = arguments.partition { |argument| argument.include?("=") }
  status = 0
  begin
    client = Locjob::Client.new(**settings.to_h { |setting| setting.split("=", 2) }.transform_keys(&:to_sym))
    job_ids.each do |job_id|
      job = options.empty? ? client.get(job_id) : client.wait(job_id)
      print_job(job)
      status = [status, 1].max if %w[Failed Cancelled].include?(job.status)
    rescue Locjob::Error => error
      print_error(job_id, error)
      status = 2
    end
  rescue Locjob::Error => error
    print_error("locjob", error)
    status = 2
  end
  exit status
end
