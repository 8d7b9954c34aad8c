import Foundation
import Glibc
import JSON
import Testing

extension EndToEnd {
    /// From a first start that is interrupted to the end, with everything that may happen between.
    @Suite struct LifeOfAnInstallationTests {
        @Test func dataOutlivesCrashesAndStopsUntilItIsDeletedOnPurpose() async throws {
            let life = try Life()
            try await life.expectInterruptedFirstStartIsContinued()
            let log = try await life.execute()
            try await life.expectCrashedSupervisorIsReplaced()
            #expect(try await life.isReadable(log))
            try await life.expectDownStopsEverything()
            try await life.expectUpContinues()
            #expect(try await life.isReadable(log))
            try await life.expectCleanStateAsks()
        }
    }
}

/// One installation and what happens to it.
private struct Life {
    let place: TemporaryPlace
    let offset = PrivateInstallation.freeOffset()

    init() throws { place = try TemporaryPlace() }

    func scorable(_ arguments: String..., input: String = "") async throws -> ChildProgram.Outcome {
        try await PrivateInstallation.scorable(
            arguments + ["--state", place.state], input: input, within: .seconds(120))
    }

    func expectInterruptedFirstStartIsContinued() async throws {
        let up = try await ChildProgram.start([
            BuiltFiles.program("scorable"), "up", "--state", place.state, "--port-offset", "\(offset)",
        ])
        let victim = try await eventualValue("the supervisor makes the cluster: \(up.written)", every: .milliseconds(2))
        {
            up.written.contains("Preparing PostgreSQL") ? supervisor : nil
        }.value
        #expect(kill(victim, SIGKILL) == 0)
        #expect(kill(up.pid, SIGKILL) == 0)
        #expect(try await up.end(within: .seconds(10)).code == 128 + SIGKILL)

        let again = try await scorable("up", "--port-offset", "\(offset)")
        #expect(again.code == 0, "\(again.output)")
        #expect(again.output.contains("Password"), "the administrator was not made before")
    }

    func execute() async throws -> String {
        let reply = try await api().post(
            "/v1/evaluators/execute/by-name/?name=Clarity", ["response": "Short and plain."])
        #expect(reply.status == 200, "\(reply.text)")
        return reply.string("execution_log_id")
    }

    func isReadable(_ log: String) async throws -> Bool {
        try await api().get("/v1/execution-logs/\(log)/").status == 200
    }

    func expectCrashedSupervisorIsReplaced() async throws {
        let former = try #require(supervisor)
        #expect(kill(former, SIGKILL) == 0)
        let up = try await scorable("up")
        #expect(up.code == 0, "\(up.output)")
        #expect(!up.output.contains("Password"))
        #expect(supervisor != former)
        let status = try await scorable("status")
        #expect(status.lines.count { $0.hasSuffix("\tready") } == 4, "\(status.output)")
    }

    func expectDownStopsEverything() async throws {
        let programs = runningHere()
        #expect(programs.count >= 7, "the supervisor, two stores, four daemons: \(programs)")
        let down = try await scorable("down")
        #expect(down.code == 0, "\(down.output)")
        #expect(runningHere().isEmpty, "\(runningHere())")
        let status = try await scorable("status")
        #expect(status.code == 3, "\(status.output)")
        #expect(status.output.contains("is not running"))
        let again = try await scorable("down")
        #expect(again.code == 0)
        #expect(again.output == "Scorable was not running.\n")
    }

    func expectUpContinues() async throws {
        let up = try await scorable("up")
        #expect(up.code == 0, "\(up.output)")
        #expect(!up.output.contains("Password"))
    }

    func expectCleanStateAsks() async throws {
        let whileItRuns = try await scorable("clean-state", "--yes")
        try expectOneLine(of: whileItRuns, containing: "Stop it first: scorable down")
        #expect(try await scorable("down").code == 0)
        let refused = try await scorable("clean-state", input: "no\n")
        #expect(refused.code == 1)
        #expect(refused.output.contains("Type DELETE to go on"))
        #expect(refused.output.contains("Nothing was deleted."))
        #expect(FileManager.default.fileExists(atPath: "\(place.state)/postgres/data/PG_VERSION"))
        let done = try await scorable("clean-state", input: "DELETE\n")
        #expect(done.code == 0, "\(done.output)")
        #expect(!FileManager.default.fileExists(atPath: place.state))
    }

    private var supervisor: Int32? {
        let text = try? String(contentsOfFile: "\(place.state)/supervisor.pid", encoding: .utf8)
        return text.flatMap { Int32($0.filter(\.isNumber)) }
    }

    private func api() async throws -> APIClient {
        let exports = PrivateInstallation.parse(try await scorable("env").output)
        return APIClient(
            base: "http://127.0.0.1:\(8000 + offset)", authorization: "Api-Key \(exports["SCORABLE_API_KEY"] ?? "")")
    }

    /// What runs with this state directory in its command line or environment.
    private func runningHere() -> [String] {
        let entries = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        return entries.filter { Int32($0) != nil }.compactMap { pid in
            let command = (try? String(contentsOfFile: "/proc/\(pid)/cmdline", encoding: .utf8)) ?? ""
            let environment = FileManager.default.contents(atPath: "/proc/\(pid)/environ") ?? Data()
            let isHere =
                command.contains(place.state)
                || String(decoding: environment, as: UTF8.self).contains("SCORABLE_CONFIG=\(place.state)/")
            // Our watchdog only knows the folder around it.
            return isHere ? "\(pid) \(command.replacingOccurrences(of: "\0", with: " "))" : nil
        }
    }
}
