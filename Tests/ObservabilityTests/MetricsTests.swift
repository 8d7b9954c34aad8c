import Observability
import Testing

@Suite struct MetricsTests {
    private func text(_ metrics: Metrics) -> String { String(decoding: metrics.exposition(), as: UTF8.self) }

    @Test func aCounterIsShownWithHelpTypeAndEscapedLabels() {
        let metrics = Metrics()
        metrics.counter("jobs_total", "Jobs\nby \\ kind.", labels: ["kind": "a \"b\"\n\\"]).increment(by: 3)
        #expect(
            text(metrics).hasPrefix(
                #"""
                # HELP jobs_total Jobs\nby \\ kind.
                # TYPE jobs_total counter
                jobs_total{kind="a \"b\"\n\\"} 3

                """#))
    }

    @Test func theSameNameAndLabelsAreTheSameInstrument() {
        let metrics = Metrics()
        metrics.counter("a_total", "A.", labels: ["x": "1"]).increment()
        metrics.counter("a_total", "A.", labels: ["x": "1"]).increment()
        metrics.counter("a_total", "A.", labels: ["x": "2"]).increment()
        #expect(text(metrics).contains("a_total{x=\"1\"} 2\na_total{x=\"2\"} 1\n"))
    }

    @Test func aHistogramCountsUpToEachBound() {
        let metrics = Metrics()
        let histogram = metrics.histogram("wait_seconds", "Waits.", labels: ["q": "a"], bounds: [0.1, 1])
        for value in [0.05, 0.1, 0.5, 7] { histogram.observe(value) }
        #expect(
            text(metrics).contains(
                """
                # TYPE wait_seconds histogram
                wait_seconds_bucket{q="a",le="0.1"} 2
                wait_seconds_bucket{q="a",le="1"} 3
                wait_seconds_bucket{q="a",le="+Inf"} 4
                wait_seconds_sum{q="a"} 7.65
                wait_seconds_count{q="a"} 4

                """))
    }

    @Test func seriesThatAreHiddenWhileZeroAppearWhenCounted() {
        let metrics = Metrics()
        let counter = metrics.counter("rare_total", "Rare.", hiddenWhileZero: true)
        #expect(!text(metrics).contains("rare_total"))
        counter.increment()
        #expect(text(metrics).contains("rare_total 1\n"))
    }

    @Test func readingsAreTakenWhenAskedFor() {
        let metrics = Metrics()
        metrics.gauge("pool_size", "Size.") { 2.5 }
        metrics.gauge("ceiling", "None.") { .infinity }
        let shown = text(metrics)
        #expect(shown.contains("pool_size 2.5\n"))
        #expect(shown.contains("ceiling +Inf\n"))
    }

    private enum Outcome: String, CaseIterable { case ok, failed }

    @Test func seriesThatComeAndGoAreListedOnceEachWhenAskedFor() {
        let metrics = Metrics()
        metrics.gauges("left", "What is left.") {
            [
                LabelledValue(["of": "b"], 2), LabelledValue(["of": "a"], 1.5), LabelledValue(["of": "b"], 3),
            ]
        }
        metrics.gauges("none", "Nothing.") { [] }
        let text = text(metrics)
        #expect(text.contains("# TYPE left gauge\nleft{of=\"a\"} 1.5\nleft{of=\"b\"} "))
        #expect(text.split(separator: "\n").count { $0.hasPrefix("left{of=\"b\"}") } == 1 && !text.contains("none"))
    }

    @Test func aCounterSetHasOneSeriesForEveryCase() {
        let metrics = Metrics()
        let set = metrics.counters("calls_total", "Calls.", by: "outcome", of: Outcome.self)
        set[.failed].increment()
        #expect(text(metrics).contains("calls_total{outcome=\"failed\"} 1\ncalls_total{outcome=\"ok\"} 0\n"))
    }

    @Test func tooManySeriesOfOneNameAreRefusedAndCounted() {
        let metrics = Metrics()
        for number in 0..<2100 { metrics.counter("leak_total", "Leak.", labels: ["id": "\(number)"]).increment() }
        #expect(text(metrics).split(separator: "\n").filter { $0.hasPrefix("leak_total{") }.count == 2000)
        #expect(text(metrics).contains("scorable_metrics_refused_series_total 100\n"))
    }

    @Test func incrementsFromManyTasksAddUp() async {
        let counter = Metrics().counter("n_total", "N.")
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<8 { group.addTask { for _ in 0..<10_000 { counter.increment() } } }
        }
        #expect(counter.value == 80_000)
    }

    @Test func theProcessSaysWhatItUses() throws {
        let metrics = Metrics()
        metrics.addProcessFigures(version: "1.2.3")
        let shown = text(metrics)
        func value(_ name: String) throws -> Double {
            let line = try #require(shown.split(separator: "\n").first { $0.hasPrefix(name + " ") })
            return try #require(Double(line.dropFirst(name.count + 1)))
        }
        #expect(try value("process_resident_memory_bytes") > 1_000_000)
        #expect(try value("process_open_fds") >= 3)
        #expect(try value("process_start_time_seconds") > 1_600_000_000)
        #expect(try value("process_cpu_seconds_total") >= 0)
        #expect(shown.contains("scorable_build_info{version=\"1.2.3\"} 1\n"))
    }

    /// What `promtool check metrics` complains about, as far as names go.
    @Test func namesPassTheLinter() {
        let metrics = Metrics()
        metrics.addProcessFigures(version: "1")
        for line in text(metrics).split(separator: "\n") where line.hasPrefix("# TYPE ") {
            let words = line.split(separator: " ")
            #expect((words[3] == "counter") == words[2].hasSuffix("_total"), "\(line)")
        }
    }
}
