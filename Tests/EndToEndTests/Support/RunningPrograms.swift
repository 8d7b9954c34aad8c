import EventLoop
import Foundation
import Glibc
import HTTPMessages

/// One program of an installation, as the system sees it.
struct RunningProgram: Sendable, Hashable {
    let pid: Int32

    func kill(_ signal: Int32 = SIGKILL) throws {
        guard Glibc.kill(pid, signal) == 0 else { throw SystemError.last("signal process \(pid)") }
    }

    var isAlive: Bool {
        guard let stat = try? String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8) else { return false }
        // "pid (name) state …"
        let state = stat.split(separator: ")").last?.first { $0 != " " }
        return state != "Z" && state != "X"
    }

    /// Resident memory in KiB.
    var residentMemory: Int {
        let status = (try? String(contentsOfFile: "/proc/\(pid)/status", encoding: .utf8)) ?? ""
        return status.firstMatch(of: #/VmRSS:\s+(\d+)/#).flatMap { Int($0.1) } ?? 0
    }

    var openDescriptors: Int {
        (try? FileManager.default.contentsOfDirectory(atPath: "/proc/\(pid)/fd").count) ?? 0
    }
}

extension PrivateInstallation {
    static let daemons = ["llmproxyd", "evald", "apid", "workerd"]
    /// The usual ports of the daemons' internal listeners.
    static let ports = ["apid": 8080, "evald": 8081, "llmproxyd": 8082, "workerd": 8083]

    /// The supervisor that runs now.
    var supervisor: RunningProgram {
        get throws {
            let text = try String(contentsOfFile: "\(place.state)/supervisor.pid", encoding: .utf8)
            guard let pid = Int32(text.filter(\.isNumber)) else { throw NotInTime("no supervisor") }
            return RunningProgram(pid: pid)
        }
    }

    /// The program called `name` that runs now: a daemon, `postgres` or `redis`.
    func program(_ name: String) throws -> RunningProgram? {
        let parent = try supervisor.pid
        let executable = ["postgres": "/postgres", "redis": "/redis-server"][name] ?? "/scorable-\(name)"
        for entry in try FileManager.default.contentsOfDirectory(atPath: "/proc") {
            guard let pid = Int32(entry), let stat = try? String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8),
                // "pid (name) state parent …"
                stat.split(separator: ")").last?.split(separator: " ")[1] == "\(parent)",
                let command = try? String(contentsOfFile: "/proc/\(pid)/cmdline", encoding: .utf8),
                command.split(whereSeparator: { $0 == "\0" || $0 == " " }).first?.hasSuffix(executable) == true
            else { continue }
            return RunningProgram(pid: pid)
        }
        return nil
    }

    /// The program called `name`, once there is one that is not `former`.
    func program(_ name: String, insteadOf former: RunningProgram?) async throws -> RunningProgram {
        try await eventualValue("\(name) runs") {
            try program(name).flatMap { $0 != former && $0.isAlive ? $0 : nil }
        }.value
    }

    /// Whether a daemon says that it is ready; also not when it cannot be asked.
    func isReady(_ daemon: String) async -> Bool { await readiness(of: daemon)?.status == 200 }

    /// Whether it is ready and says that something it would have use of is not well.
    func isDegraded(_ daemon: String) async -> Bool {
        guard let reply = await readiness(of: daemon), reply.status == 200 else { return false }
        return reply.string("status") == "degraded"
    }

    private func readiness(of daemon: String) async -> Reply? {
        let client = APIClient(base: "http://127.0.0.1:\(port(Self.ports[daemon] ?? 0))")
        return try? await client.send(.get, "/readyz", within: .seconds(3))
    }

    /// Waits until all daemons are ready, and returns how long that took.
    @discardableResult
    func untilReady(within limit: Duration = .seconds(60)) async throws -> Duration {
        let started = ContinuousClock.now
        for daemon in Self.daemons {
            try await eventually("\(daemon) is ready: \(log(of: daemon))", within: limit) { await isReady(daemon) }
        }
        return started.duration(to: .now)
    }
}
