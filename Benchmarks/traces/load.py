#!/usr/bin/env python3
"""Sends traces over OTLP/HTTP (protobuf, gzip), and says how many spans a second are stored and what that costs.

usage: load.py URL KEY --apid PID --postgres PID [--rate 2000] [--seconds 20] [--spans 256] [--connections 4]

All requests are made before the first is sent, so that the sender costs next to nothing. `--rate 0` sends as fast as is
answered. With `--copy FILE` the same spans are written as lines for COPY, which is the floor: PostgreSQL alone.
"""
import argparse
import gzip
import http.client
import json
import os
import queue
import random
import struct
import threading
import time
import urllib.parse


def varint(number):
    out = bytearray()
    while number > 127:
        out.append(number & 127 | 128)
        number >>= 7
    out.append(number)
    return bytes(out)


def field(number, data):
    return varint(number << 3 | 2) + varint(len(data)) + data


def fixed(number, value):
    return varint(number << 3 | 1) + struct.pack("<Q", value)


def attribute(key, value):
    if isinstance(value, int):
        inner = varint(3 << 3) + varint(value)
    else:
        inner = field(1, value.encode())
    return field(1, key.encode()) + field(2, inner)


RESOURCE = {"service.name": "shop", "service.version": "1.2.3", "telemetry.sdk.language": "python"}


def made(chance, now):
    """One trace: a root with seven children, of which each second is a call of a model."""
    trace = chance.randbytes(16)
    root = chance.randbytes(8)
    for place in range(8):
        span = root if place == 0 else chance.randbytes(8)
        start = now - 1_000_000_000 + place * 10_000_000
        attributes = {"session.id": f"s{chance.randrange(100000)}", "step": place, "http.status_code": 200}
        if place % 2:
            attributes |= {
                "gen_ai.system": "openai", "gen_ai.request.model": "gpt-5", "gen_ai.usage.input_tokens": 420,
                "gen_ai.usage.output_tokens": 31, "gen_ai.response.id": "chatcmpl-" + span.hex(),
                "gen_ai.prompt": "How do I reset my password? I have tried everything that the manual says.",
                "gen_ai.completion": "Open Settings, choose Security, then press Reset password and follow the mail.",
            }
        yield trace, span, None if place == 0 else root, "chat" if place % 2 else "step", start, attributes


def encoded(spans):
    body = b""
    for trace, span, parent, name, start, attributes in spans:
        fields = field(1, trace) + field(2, span) + (field(4, parent) if parent else b"") + field(5, name.encode())
        fields += varint(6 << 3) + varint(3) + fixed(7, start) + fixed(8, start + 9_000_000)
        fields += b"".join(field(9, attribute(key, value)) for key, value in attributes.items())
        body += field(2, fields)
    resource = b"".join(field(1, attribute(key, value)) for key, value in RESOURCE.items())
    return gzip.compress(field(1, field(1, resource) + field(2, body)), 6)


def copied(organization, spans):
    for trace, span, parent, name, start, attributes in spans:
        moment = time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(start // 10**9)) + f".{start % 10**9 // 1000:06d}+00"
        number = lambda data: str(struct.unpack(">q", data)[0])
        yield "\t".join([
            organization, trace.hex(), number(span), moment, number(parent) if parent else "\\N", str(start),
            str(start + 9_000_000), name, "3", "0", json.dumps(attributes), json.dumps(RESOURCE), moment]) + "\n"


def processor(pid):
    """Seconds of processor time of a process with its children, also those that have ended."""
    processes = {}
    for entry in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{entry}/stat") as file:
                stat = file.read().rpartition(")")[2].split()
        except OSError:
            continue
        ticks = stat[11:15] if int(entry) == pid else stat[11:13]
        processes[int(entry)] = (int(stat[1]), sum(map(int, ticks)))
    family = {pid}
    while True:
        more = {child for child, (parent, _) in processes.items() if parent in family} - family
        if not more:
            break
        family |= more
    return sum(processes[one][1] for one in family if one in processes) / os.sysconf("SC_CLK_TCK")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("url")
    parser.add_argument("key")
    parser.add_argument("--apid", type=int)
    parser.add_argument("--postgres", type=int)
    parser.add_argument("--rate", type=int, default=2000)
    parser.add_argument("--seconds", type=int, default=20)
    parser.add_argument("--spans", type=int, default=256)
    parser.add_argument("--connections", type=int, default=4)
    parser.add_argument("--copy")
    parser.add_argument("--organization", default="0192f000-0000-7000-8000-000000000001")
    options = parser.parse_args()
    chance = random.Random(time.time_ns())
    now = time.time_ns()
    count = (options.rate or 20_000) * options.seconds // options.spans
    lots = [[span for _ in range(options.spans // 8) for span in made(chance, now)] for _ in range(count)]
    if options.copy:
        with open(options.copy, "w") as lines:
            for lot in lots:
                lines.writelines(copied(options.organization, lot))
        return
    waiting = queue.SimpleQueue()
    for number, lot in enumerate(lots):
        waiting.put((number, encoded(lot)))
    address = urllib.parse.urlsplit(options.url)
    headers = {
        "Authorization": "Api-Key " + options.key, "Content-Type": "application/x-protobuf", "Content-Encoding": "gzip",
    }
    times, failed = [], []
    before = [processor(options.apid), processor(options.postgres)]
    start = time.monotonic()
    deadline = start + options.seconds

    def send():
        connection = http.client.HTTPConnection(address.hostname, address.port)
        while time.monotonic() < deadline + 60 and (options.rate or time.monotonic() < deadline):
            try:
                number, body = waiting.get_nowait()
            except queue.Empty:
                return
            if options.rate:
                time.sleep(max(0, start + number * options.spans / options.rate - time.monotonic()))
            sent = time.monotonic()
            connection.request("POST", "/otel/v1/traces", body, headers)
            answer = connection.getresponse()
            text = answer.read()
            times.append(time.monotonic() - sent)
            if answer.status != 200 or text:
                failed.append((answer.status, text[:200]))

    threads = [threading.Thread(target=send) for _ in range(options.connections)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    elapsed = time.monotonic() - start
    spans = len(times) * options.spans
    cost = [(after - earlier) / spans * 1e6 for after, earlier in
            zip([processor(options.apid), processor(options.postgres)], before)]
    times.sort()
    print(f"| {'as fast as it goes' if not options.rate else f'{options.rate} asked'} | {spans / elapsed:,.0f} "
          f"| {cost[0]:.0f} | {cost[1]:.0f} | {times[len(times) // 2] * 1000:.0f} "
          f"| {times[len(times) * 99 // 100] * 1000:.0f} | {len(failed)} |")
    if failed:
        print(failed[0])


main()
