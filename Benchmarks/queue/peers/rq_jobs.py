import time

import redis
import rq
import trace_of_jobs as trace


def noop():
    trace.tick()


def stamp(put_in):
    trace.stamp(put_in)


def long(job):
    time.sleep(trace.begin(job))
    trace.end(job)


if __name__ == "__main__":
    import rq_jobs

    queue = rq.Queue(connection=redis.from_url(trace.REDIS))

    def put_many(kind, arguments):
        queue.enqueue_many([rq.Queue.prepare_data(getattr(rq_jobs, kind), args=one) for one in arguments])

    trace.produce(
        lambda kind, *arguments: queue.enqueue(getattr(rq_jobs, kind), *arguments, job_timeout=600), put_many)
