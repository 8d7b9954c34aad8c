"""Where the jobs of the Python peers leave their traces: one write to a file in memory each, about a microsecond."""
import os
import time

PATH = os.environ["BENCH_LOG"]
REDIS = f"redis://127.0.0.1:{os.environ['BENCH_PORT']}/0"
SLOTS = int(os.environ.get("BENCH_SLOTS", "10"))
_files = {}


def _write(text):
    file = _files.get(os.getpid())
    if file is None:
        file = _files[os.getpid()] = os.open(PATH, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    os.write(file, text)


def tick():
    _write(b".")


def stamp(put_in):
    _write(b"%d\n" % ((time.time_ns() - put_in) // 1000))


def begin(job):
    """Notes the beginning of a long job; how long it is to take."""
    _write(b"S %d %d %f\n" % (job, os.getpid(), time.time()))
    return 0.01 if os.path.exists(PATH + ".hurry") else 120


def end(job):
    _write(b"E %d %d %f\n" % (job, os.getpid(), time.time()))


def produce(put, put_many=None):
    """Puts jobs in as the command line says (KIND COUNT GROUP PAUSE_MS) and prints how many a second."""
    import sys

    kind, count, group, pause = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4]) / 1000
    began = time.perf_counter()
    for start in range(0, count, group):
        size = min(group, count - start)
        arguments = [{"noop": (), "stamp": (time.time_ns(),), "long": (start + i,)}[kind] for i in range(size)]
        if size > 1 and put_many:
            put_many(kind, arguments)
        else:
            for one in arguments:
                put(kind, *one)
        if pause:
            time.sleep(pause)
    print(int(count / (time.perf_counter() - began)))
