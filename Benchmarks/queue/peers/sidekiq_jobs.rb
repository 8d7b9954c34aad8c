# The same jobs for Sidekiq, and its producer: ruby sidekiq_jobs.rb KIND COUNT GROUP PAUSE_MS
require 'sidekiq'

LOG = ENV.fetch('BENCH_LOG')
FILE = File.open(LOG, File::WRONLY | File::APPEND | File::CREAT, 0600)
FILE.sync = true
ADDRESS = { url: "redis://127.0.0.1:#{ENV.fetch('BENCH_PORT')}/0" }.freeze
Sidekiq.configure_client { |config| config.redis = ADDRESS }
Sidekiq.configure_server { |config| config.redis = ADDRESS }

def nanoseconds
  Process.clock_gettime(Process::CLOCK_REALTIME, :nanosecond)
end

class Noop
  include Sidekiq::Worker
  def perform
    FILE.syswrite('.')
  end
end

class Stamp
  include Sidekiq::Worker
  def perform(put_in)
    FILE.syswrite("#{(nanoseconds - put_in) / 1000}\n")
  end
end

class Long
  include Sidekiq::Worker
  def perform(job)
    FILE.syswrite("S #{job} #{$$} #{nanoseconds / 1e9}\n")
    sleep(File.exist?("#{LOG}.hurry") ? 0.01 : 120)
    FILE.syswrite("E #{job} #{$$} #{nanoseconds / 1e9}\n")
  end
end

if $PROGRAM_NAME == __FILE__
  kind, count, group, pause = ARGV[0], ARGV[1].to_i, ARGV[2].to_i, ARGV[3].to_f / 1000
  job = { 'noop' => Noop, 'stamp' => Stamp, 'long' => Long }.fetch(kind)
  arguments = ->(number) { { 'noop' => [], 'stamp' => [nanoseconds], 'long' => [number] }[kind] }
  began = Process.clock_gettime(Process::CLOCK_MONOTONIC)
  (0...count).each_slice(group) do |numbers|
    if numbers.size > 1
      Sidekiq::Client.push_bulk('class' => job, 'args' => numbers.map(&arguments))
    else
      job.perform_async(*arguments.(numbers.first))
    end
    sleep pause if pause > 0
  end
  puts (count / (Process.clock_gettime(Process::CLOCK_MONOTONIC) - began)).to_i
end
