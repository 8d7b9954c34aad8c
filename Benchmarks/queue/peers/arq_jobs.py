import asyncio

import arq
import trace_of_jobs as trace
from arq.connections import RedisSettings


async def noop(context):
    trace.tick()


async def stamp(context, put_in):
    trace.stamp(put_in)


async def long(context, job):
    await asyncio.sleep(trace.begin(job))
    trace.end(job)


class WorkerSettings:
    functions = [noop, stamp, long]
    redis_settings = RedisSettings.from_dsn(trace.REDIS)
    max_jobs = trace.SLOTS
    # The default of half a second is kept: that is what its users have.
    keep_result = 0


if __name__ == "__main__":
    loop = asyncio.new_event_loop()
    pool = loop.run_until_complete(arq.create_pool(RedisSettings.from_dsn(trace.REDIS)))
    trace.produce(lambda kind, *arguments: loop.run_until_complete(pool.enqueue_job(kind, *arguments)))
