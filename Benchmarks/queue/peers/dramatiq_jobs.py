import time

import dramatiq
import trace_of_jobs as trace
from dramatiq.brokers.redis import RedisBroker

broker = RedisBroker(url=trace.REDIS)
dramatiq.set_broker(broker)


@dramatiq.actor
def noop():
    trace.tick()


@dramatiq.actor
def stamp(put_in):
    trace.stamp(put_in)


@dramatiq.actor(time_limit=600_000)
def long(job):
    time.sleep(trace.begin(job))
    trace.end(job)


if __name__ == "__main__":
    trace.produce(lambda kind, *arguments: globals()[kind].send(*arguments))
