import Foundation
import HTTPMessages
import JSON
import Testing

extension EndToEnd {
    /// A provider that fails in every way: the caller gets a typed answer in time, and the log tells what happened.
    @Suite struct ProviderFaultTests {
        /// How a provider fails, and what the caller is told.
        struct Fault: Sendable, CustomTestStringConvertible {
            let model: String
            var status = 502
            var code = "model_error"
            let failure: String

            var testDescription: String { model }
        }

        static let faults = [
            Fault(model: "status-500", failure: "provider_error"),
            Fault(model: "status-429", failure: "rate_limited"),
            Fault(model: "garbage", failure: "invalid_response"),
            Fault(model: "empty", failure: "invalid_response"),
            Fault(model: "half", failure: "provider_error"),
            Fault(model: "silence", status: 504, code: "model_timeout", failure: "timeout"),
            Fault(model: "out-of-range", failure: "invalid_response"),
            Fault(model: "prose", failure: "invalid_response"),
            Fault(model: "no-such-model", failure: "no_provider"),
        ]

        /// How long the callers of these tests wait, in milliseconds.
        private static let deadline = 3000

        @Test(arguments: faults)
        func theCallerGetsATypedAnswerInTimeAndTheLogTheStory(fault: Fault) async throws {
            let installation = try await PrivateInstallation.faulty()
            let evaluator = try await FaultyEvaluators.on([fault.model], in: installation)
            let started = ContinuousClock.now
            let reply = try await Self.execute(evaluator, in: installation, deadline: Self.deadline)
            let took = started.duration(to: .now)

            #expect(reply.status == fault.status, "\(reply.text)")
            #expect(reply.string("code") == fault.code)
            #expect(reply["status"]?.integerValue == Int64(fault.status))
            #expect(reply["failure_code"]?[0]?.stringValue == fault.failure, "\(reply.text)")
            #expect(took < .milliseconds(Self.deadline + 500), "took \(took)")
            #expect(!reply.text.contains(FaultyProvider.secret))
            #expect(!reply.text.contains(FaultyProvider.key))

            let log = reply["execution_log_id"]?[0]?.stringValue ?? ""
            let story = try await installation.api.get("/v1/execution-logs/\(log)/")
            #expect(story.status == 200, "\(story.text)")
            #expect(story["score"] == .null)
            #expect(story.string("failure_code") == fault.failure)
            #expect(story.string("justification").contains("model \(fault.model)"), "\(story.text)")
            #expect(!story.text.contains(FaultyProvider.key))
        }

        /// A provider that asks for thirty seconds is not waited for when the caller has three: it is told at once.
        @Test func aWaitLongerThanTheDeadlineIsNotBegun() async throws {
            let installation = try await PrivateInstallation.faulty()
            let evaluator = try await FaultyEvaluators.on(["status-429"], in: installation)
            let started = ContinuousClock.now
            let reply = try await Self.execute(evaluator, in: installation, deadline: 20_000)
            #expect(reply["failure_code"]?[0]?.stringValue == "rate_limited", "\(reply.text)")
            #expect(started.duration(to: .now) < .seconds(5))
        }

        @Test func anAnswerOutOfFormIsAskedForOnceMore() async throws {
            let installation = try await PrivateInstallation.faulty()
            let evaluator = try await FaultyEvaluators.on(["repaired"], in: installation)
            let reply = try await Self.execute(evaluator, in: installation)
            #expect(reply.status == 200, "\(reply.text)")
            #expect(reply["score"]?.doubleValue == 0.25)
            // Both calls are paid for.
            let log = try await installation.api.get("/v1/execution-logs/\(reply.string("execution_log_id"))/")
            #expect(log["prompt_tokens"]?.integerValue == 200)
            #expect(log["completion_tokens"]?.integerValue == 40)
        }

        @Test func theNextModelAnswersWhereTheFirstFails() async throws {
            let installation = try await PrivateInstallation.faulty()
            let evaluator = try await FaultyEvaluators.on(["status-500", "prose", "well"], in: installation)
            let reply = try await Self.execute(evaluator, in: installation, deadline: 20_000)
            #expect(reply.status == 200, "\(reply.text)")
            #expect(reply["score"]?.doubleValue == 0.75)
            // The model that the provider says it was.
            let log = try await installation.api.get("/v1/execution-logs/\(reply.string("execution_log_id"))/")
            #expect(log.string("model") == "upstream", "\(log.text)")
        }

        @Test func aJudgeKeepsTheScoresOfTheEvaluatorsThatHaveOne() async throws {
            let installation = try await PrivateInstallation.faulty()
            var references: [JSONValue] = []
            for model in ["well", "garbage", "repaired"] {
                references.append(["id": .string(try await FaultyEvaluators.on([model], in: installation))])
            }
            let judge = try await installation.api.post(
                "/v1/judges/",
                ["name": "Three opinions", "intent": "To test", "evaluator_references": .array(references)])
            #expect(judge.status == 201, "\(judge.text)")
            let reply = try await installation.api.post(
                "/v1/judges/\(judge.string("id"))/execute/", ["request": "How?", "response": "So."])
            #expect(reply.status == 200, "\(reply.text)")
            let results = reply["evaluator_results"]?.arrayValue ?? []
            #expect(results.map { $0["score"]?.doubleValue } == [0.75, nil, 0.25], "\(reply.text)")
            #expect(results.allSatisfy { !$0.string("justification").isEmpty })

            let log = try await installation.api.get("/v1/execution-logs/\(reply.string("execution_log_id"))/")
            #expect(log["score"]?.doubleValue == 0.5, "the mean of those there are: \(log.text)")
            let parts = log["evaluator_results"]?.arrayValue ?? []
            #expect(parts.map { $0["result"]?.doubleValue } == [0.75, nil, 0.25], "\(log.text)")
        }

        @Test func aJudgeOfWhichAllFailSaysSo() async throws {
            let installation = try await PrivateInstallation.faulty()
            let evaluator = try await FaultyEvaluators.on(["prose"], in: installation)
            let judge = try await installation.api.post(
                "/v1/judges/",
                [
                    "name": "No opinion", "intent": "To test",
                    "evaluator_references": [["id": .string(evaluator)]],
                ])
            let reply = try await installation.api.post(
                "/v1/judges/\(judge.string("id"))/execute/", ["response": "So."])
            #expect(reply.status == 502, "\(reply.text)")
            #expect(reply["failure_code"]?[0]?.stringValue == "invalid_response")
            let log = reply["execution_log_id"]?[0]?.stringValue ?? ""
            #expect(try await installation.api.get("/v1/execution-logs/\(log)/").status == 200)
        }

        /// The caller that leaves ends the work for it.
        @Test func aCallerThatGivesUpLeavesNothingBehind() async throws {
            let installation = try await PrivateInstallation.faulty()
            let evaluator = try await FaultyEvaluators.on(["silence"], in: installation)
            let proxy = try #require(try installation.program("llmproxyd"))
            let before = proxy.openDescriptors
            await withTaskGroup { group in
                for _ in 0..<20 {
                    group.addTask {
                        _ = try? await installation.api.post(
                            "/v1/evaluators/execute/\(evaluator)/", ["response": "So."], within: .milliseconds(700))
                    }
                }
            }
            try await eventually("the calls of the provider end", within: .seconds(10)) {
                proxy.openDescriptors <= before + 4
            }
        }

        /// Nothing accumulates, whatever the provider does.
        @Test func manyFaultsDoNotMakeAnyDaemonGrow() async throws {
            let installation = try await PrivateInstallation.faulty()
            var evaluators: [String] = []
            for fault in Self.faults {
                evaluators.append(try await FaultyEvaluators.on([fault.model], in: installation))
            }
            // Pools, caches and allocators reach their size.
            try await Self.executeAll(evaluators, count: 200, in: installation)
            let before = try Self.figures(of: installation)
            try await Self.executeAll(evaluators, count: 200, in: installation)
            let after = try await eventualValue("descriptors are given back", within: .seconds(20)) {
                let figures = try Self.figures(of: installation)
                let isBack = figures.allSatisfy { name, figure in
                    figure.descriptors <= (before[name]?.descriptors ?? 0) + 12
                }
                return isBack ? figures : nil
            }.value
            for name in PrivateInstallation.daemons {
                let (earlier, later) = (before[name]?.memory ?? 0, after[name]?.memory ?? 0)
                print("\(name): \(earlier) KiB before 200 faults, \(later) KiB after them")
                #expect(later < earlier + 8192, "\(name) grew from \(earlier) to \(later) KiB")
            }
        }

        private static func figures(
            of installation: PrivateInstallation
        ) throws -> [String: (memory: Int, descriptors: Int)] {
            var figures: [String: (memory: Int, descriptors: Int)] = [:]
            for name in PrivateInstallation.daemons {
                guard let program = try installation.program(name) else { continue }
                figures[name] = (program.residentMemory, program.openDescriptors)
            }
            return figures
        }

        private static func executeAll(
            _ evaluators: [String], count: Int, in installation: PrivateInstallation
        ) async throws {
            try await withThrowingTaskGroup { group in
                for worker in 0..<10 {
                    group.addTask {
                        for turn in 0..<count / 10 {
                            let evaluator = evaluators[(worker + turn) % evaluators.count]
                            let reply = try await execute(evaluator, in: installation, deadline: 600)
                            // 503: a model that failed too often is not asked for a while.
                            #expect([502, 503, 504].contains(reply.status), "\(reply.text)")
                        }
                    }
                }
                try await group.waitForAll()
            }
        }

        private static func execute(
            _ evaluator: String, in installation: PrivateInstallation, deadline: Int? = nil
        ) async throws -> Reply {
            try await installation.api.post(
                "/v1/evaluators/execute/\(evaluator)/", ["request": "How?", "response": "So."],
                headers: deadline.map { ["x-scorable-deadline-ms": "\($0)"] } ?? [:])
        }
    }
}

/// Evaluators that use the models of the faulty provider.
enum FaultyEvaluators {
    /// The identifier of a new evaluator that asks `models`, one after the other.
    static func on(_ models: [String], in installation: PrivateInstallation) async throws -> String {
        let reply = try await installation.api.post(
            "/v1/evaluators/",
            [
                "name": .string("On \(models.joined(separator: ", "))"), "scoring_criteria": "Rate {{response}}",
                "objective": ["intent": "To test"], "models": .array(models.map(JSONValue.string)),
            ])
        guard reply.status == 201 else { throw NotInTime("an evaluator could not be made: \(reply.text)") }
        return reply.string("id")
    }
}
