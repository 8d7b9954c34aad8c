import Testing

/// What monitoring is told, what is said about it, and what alerts and boards ask for are the same series.
@Suite struct MetricNameTests {
    private let tree = SourceTree.current

    /// The names in the sources; functions of Redis are called in the same way, in files that say so.
    private var declared: Set<String> {
        var found: Set<String> = []
        for file in tree.files(in: "Sources") where !file.path.contains("Library") {
            found.formUnion(file.text.matches(of: #/"(scorable_[a-z0-9_]+)"/#).map { String($0.1) })
        }
        return found
    }

    private func documented() throws -> Set<String> {
        let page = try #require(tree.text(of: "man/scorable-metrics.7"), "man/scorable-metrics.7 is missing")
        return Set(page.matches(of: #/\.It Ic (scorable_[a-z0-9_]+)/#).map { String($0.1) })
    }

    @Test func everySeriesIsDescribedAndEveryDescribedOneExists() throws {
        let documented = try documented()
        #expect(declared.subtracting(documented).sorted() == [], "describe them in man/scorable-metrics.7")
        #expect(documented.subtracting(declared).sorted() == [], "man/scorable-metrics.7 describes what is not there")
    }

    @Test(arguments: [
        "packaging/prometheus/scorable.rules.yml", "packaging/prometheus/scorable.rules.test.yml",
        "packaging/grafana/scorable.json",
    ])
    func alertsAndBoardsAskForWhatThereIs(path: String) throws {
        let known = try documented()
        let parts = known.flatMap { name in ["_bucket", "_sum", "_count"].map { name + $0 } }
        let text = try #require(tree.text(of: path), "\(path) is missing")
        let asked = Set(text.matches(of: #/\bscorable_[a-z0-9_]+/#).map { String($0.0) })
        #expect(!asked.isEmpty && asked.subtracting(known).subtracting(parts).sorted() == [])
    }
}
