import Screens
import Testing
import WireAPI

struct FilterQueryTests {
    private func filter(_ change: (inout OperatorExecutionFilter) -> Void) -> OperatorExecutionFilter {
        var filter = OperatorExecutionFilter()
        change(&filter)
        return filter
    }

    @Test func nothingShowsEverything() throws {
        #expect(try FilterQuery.parse("") == OperatorExecutionFilter())
        #expect(try FilterQuery.parse("   ") == OperatorExecutionFilter())
    }

    @Test func wordsAreParts() throws {
        #expect(try FilterQuery.parse("refund policy").names == ["refund", "policy"])
        #expect(try FilterQuery.parse("\"refund policy\"").names == ["refund policy"])
        #expect(try FilterQuery.parse("\"failed\"") == filter { $0.names = ["failed"] })
        #expect(try FilterQuery.parse("\"a:b\"").names == ["a:b"])
    }

    @Test func everyKeyReachesItsProperty() throws {
        let parsed = try FilterQuery.parse(
            "failed judge:\"Support quality\" tag:a tag:b session:s-1 user:u model:gpt project:web")
        #expect(
            parsed
                == filter {
                    $0.outcome = .failed
                    $0.type = "judge"
                    $0.names = ["Support quality"]
                    $0.tags = ["a", "b"]
                    $0.sessionID = "s-1"
                    $0.userID = "u"
                    $0.model = "gpt"
                    $0.project = "web"
                })
        #expect(try FilterQuery.parse("evaluator:Faith") == filter { ($0.type, $0.names) = ("evaluator", ["Faith"]) })
        #expect(
            try FilterQuery.parse("type:Experiment ok") == filter { ($0.type, $0.outcome) = ("experiment", .succeeded) }
        )
    }

    @Test func strictBoundsLeaveTheirNumberOut() throws {
        #expect(try FilterQuery.parse("score<0.5").maximumScore == 0.5.nextDown)
        #expect(try FilterQuery.parse("score<=0.5").maximumScore == 0.5)
        #expect(try FilterQuery.parse("score>0.2 score<0.8 score>=0.3").minimumScore == 0.3)
        #expect(try FilterQuery.parse("latency>=1.5s").minimumLatencyMilliseconds == 1500)
        #expect(try FilterQuery.parse("latency<=250ms").maximumLatencyMilliseconds == 250)
        #expect(try FilterQuery.parse("latency<2m").maximumLatencyMilliseconds == 120_000.nextDown)
        #expect(try FilterQuery.parse("cost>0.01").minimumCostNanodollars == 10_000_001)
        #expect(try FilterQuery.parse("cost<=$0.5").maximumCostNanodollars == 500_000_000)
    }

    @Test(arguments: [
        "score<2", "score:0.5", "score<", "score=0.5", "score<>0.5", "latency>2", "latency>-1s", "cost>much", "foo:bar",
        "tag:", "name<3", "failed ok", "judge:a evaluator:b", "session:a session:b", "score<nan", "latency>infs",
    ])
    func whatCannotBeUnderstoodSaysSo(_ text: String) {
        #expect(throws: FilterQuery.Problem.self) { try FilterQuery.parse(text) }
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
                let filter = try FilterQuery.parse(text)
                #expect(filter.tags.count <= text.count)
            } catch {
                #expect(!error.message.isEmpty)
            }
        }
    }

    @Test func theServerReadsWhatTheConsoleWrites() throws {
        for text in [
            "", "failed score<0.5", "judge:\"A b\" tag:x tag:y", "latency>2s latency<=9s cost>0.01 cost<1",
            "session:s user:u model:m project:p word other", "ok type:experiment score>=0.1",
        ] {
            let filter = try FilterQuery.parse(text)
            #expect(try OperatorExecutionFilter(parameters: filter.parameters) == filter)
        }
        #expect(throws: OperatorExecutionFilter.InvalidParameter(name: "min_score", expected: "a number")) {
            try OperatorExecutionFilter(parameters: [("min_score", "high")])
        }
    }

    @Test func liveRowsAreChosenByTheSameRule() throws {
        let rows = (0..<100).map { Samples.row($0) }
        func count(_ text: String) throws -> Int {
            let filter = try FilterQuery.parse(text)
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
        #expect(try !FilterQuery.parse("").matches(part))
        #expect(try FilterQuery.parse("evaluator:answer").matches(part))
    }
}
