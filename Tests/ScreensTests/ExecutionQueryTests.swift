import FoundationEssentials
import Screens
import Testing
import WireAPI

struct ExecutionQueryTests {
    private func read(_ text: String) throws(Query.Problem) -> OperatorExecutionFilter {
        try ExecutionQuery.filter(text, at: Samples.now)
    }

    private func filter(_ change: (inout OperatorExecutionFilter) -> Void) -> OperatorExecutionFilter {
        var filter = OperatorExecutionFilter()
        change(&filter)
        return filter
    }

    @Test func nothingShowsEverything() throws {
        #expect(try read("") == OperatorExecutionFilter())
        #expect(try read("   ") == OperatorExecutionFilter())
    }

    @Test func wordsAreParts() throws {
        #expect(try read("refund policy").names == ["refund", "policy"])
        #expect(try read("\"refund policy\"").names == ["refund policy"])
        #expect(try read("\"failed\"") == filter { $0.names = ["failed"] })
        #expect(try read("\"a:b\"").names == ["a:b"])
    }

    @Test func everyKeyReachesItsProperty() throws {
        let parsed = try read(
            "failed judge:\"Support quality\" tag:a tag:b session:s-1 user:u model:gpt project:web")
        #expect(
            parsed
                == filter {
                    $0.outcome = .failed
                    $0.types = ["judge"]
                    $0.names = ["Support quality"]
                    $0.tags = ["a", "b"]
                    $0.sessionID = "s-1"
                    $0.userID = "u"
                    $0.model = "gpt"
                    $0.project = "web"
                })
        #expect(try read("evaluator:Faith") == filter { ($0.types, $0.names) = (["evaluator"], ["Faith"]) })
        #expect(
            try read("type:Judge ok") == filter { ($0.types, $0.outcome) = (["judge"], .succeeded) }
        )
    }

    @Test func anIdentifierIsAskedForExactly() throws {
        let id = Samples.uuid(7)
        #expect(try read("evaluator:\(id.uuidString)") == filter { $0.evaluatorID = id })
        #expect(try read("judge:\(id.uuidString.lowercased())") == filter { $0.judgeID = id })
        #expect(try read("batch:\(id.uuidString)") == filter { $0.batchID = id })
        #expect(throws: Query.Problem.self) { try read("batch:nightly") }
        #expect(throws: Query.Problem.self) { try read("judge:\(id.uuidString) judge:\(Samples.uuid(8).uuidString)") }
    }

    @Test func whatIsNotWantedIsLeftOut() throws {
        #expect(try read("-refund -\"two words\"").excludedNames == ["refund", "two words"])
        #expect(try read("-tag:a -tag:b").excludedTags == ["a", "b"])
        #expect(try read("-failed") == filter { $0.outcome = .succeeded })
        let types = try read("-type:judge").types
        #expect(types.contains("evaluator") && !types.contains("judge"))
        #expect(throws: Query.Problem.self) { try read("-session:s") }
    }

    @Test func timesBoundBothEnds() throws {
        let parsed = try read("since:2h until:2026-11-24")
        #expect(parsed.since == Samples.now.addingTimeInterval(-7200))
        #expect(parsed.until.map { $0 > Samples.now } == true)
    }

    @Test func strictBoundsLeaveTheirNumberOut() throws {
        #expect(try read("score<0.5").maximumScore == 0.5.nextDown)
        #expect(try read("score<=0.5").maximumScore == 0.5)
        #expect(try read("score>0.2 score<0.8 score>=0.3").minimumScore == 0.3)
        #expect(try read("latency>=1.5s").minimumLatencyMilliseconds == 1500)
        #expect(try read("latency<=250ms").maximumLatencyMilliseconds == 250)
        #expect(try read("latency<2m").maximumLatencyMilliseconds == 120_000.nextDown)
        #expect(try read("cost>0.01").minimumCostNanodollars == 10_000_001)
        #expect(try read("cost<=$0.5").maximumCostNanodollars == 500_000_000)
    }

    @Test(arguments: [
        "score:0.5", "score<2", "since:never", "until:", "score<", "score<>0.5", "latency>2", "latency>-1s",
        "cost>much", "foo:bar",
        "tag:", "name<3", "failed ok", "judge:a evaluator:b", "session:a session:b", "score<nan", "latency>infs",
    ])
    func whatCannotBeUnderstoodSaysSo(_ text: String) {
        #expect(throws: Query.Problem.self) { try read(text) }
    }

    @Test func anyTextIsReadOrRefusedButNeverFatal() {
        var generator = SeededGenerator(seed: 11)
        let pieces = [
            "score", "<", ">", "=", ":", "\"", " ", "0.5", "1e999", "tag", "失", "failed", "-", "$", "ms", "nan",
        ]
        for _ in 0..<5000 {
            let text = (0..<Int.random(in: 0...8, using: &generator)).map { _ in
                pieces.randomElement(using: &generator) ?? ""
            }.joined()
            do {
                let filter = try read(text)
                #expect(filter.tags.count <= text.count)
            } catch {
                #expect(!error.message.isEmpty)
            }
        }
    }

    @Test func theServerReadsWhatTheConsoleWrites() throws {
        for text in [
            "", "failed score<0.5", "judge:\"A b\" tag:x tag:y", "latency>2s latency<=9s cost>0.01 cost<1",
            "session:s user:u model:m project:p word other", "ok type:evaluator score>=0.1",
            "-word -tag:x since:2h until:today",
            "evaluator:\(Samples.uuid(1).uuidString) judge:\(Samples.uuid(2).uuidString)",
        ] {
            let filter = try read(text)
            #expect(try OperatorExecutionFilter(parameters: filter.parameters) == filter)
        }
        #expect(throws: OperatorInvalidParameter(name: "min_score", expected: "a number")) {
            try OperatorExecutionFilter(parameters: [("min_score", "high")])
        }
    }

    @Test func liveRowsAreChosenByTheSameRule() throws {
        let rows = (0..<100).map { Samples.row($0) }
        func count(_ text: String) throws -> Int {
            let filter = try read(text)
            return rows.filter(filter.matches).count
        }
        #expect(try count("") == 100)
        #expect(try count("failed") + count("ok") == 100)
        #expect(try count("failed") == rows.filter { $0.failure != nil }.count)
        #expect(try count("score<0.5") + count("score>=0.5") == rows.filter { $0.score != nil }.count)
        #expect(try count("FAITH") == rows.filter { $0.name.hasPrefix("Faith") }.count)
        #expect(try count("judge:support") == rows.filter { $0.type == "judge" }.count)
        #expect(try count("tag:rag tag:production") == rows.filter { !$0.tags.isEmpty }.count)
        #expect(try count("tag:ra") == 0)
        #expect(try count("session:chat-3") == 1)
        #expect(try count("model:claude") == rows.filter { $0.model?.hasPrefix("claude") == true }.count)
    }

    @Test func partsOfAJudgeAreOnlyListedAmongEvaluators() throws {
        let row = Samples.row(1)
        let part = OperatorExecutionRow(
            id: row.id, createdAt: row.createdAt, type: row.type, name: row.name, itemID: row.itemID,
            parentID: Samples.uuid(3), score: row.score, failure: nil, model: row.model, provider: nil,
            latencyMilliseconds: nil, costNanodollars: nil, projectID: row.projectID, projectName: nil, sessionID: nil,
            userID: nil, tags: [])
        #expect(try !read("").matches(part))
        #expect(try read("evaluator:answer").matches(part))
    }
}
