internal import DaemonRuntime
internal import EventLoop
internal import FoundationEssentials
internal import HTTPMessages
internal import HTTPTransfer
internal import JSON
internal import Operations
internal import Stores
internal import SystemCalls
internal import Tenancy
internal import WireAPI

/// What goes into a bundle: facts of programs and stores, nothing that anybody has evaluated.
struct BundleContents: Sendable {
    let installation: Installation
    let loops: LoopGroup

    /// A text in the bundle.
    struct Part: Sendable {
        let name: String
        let text: String
    }

    /// How much of each log, from its end.
    private static let logLength = 256 << 10
    private static let lines = "2000"

    /// Everything. What cannot be had says why in its place.
    func parts() async -> [Part] {
        let diagnosis = await Doctor(installation, on: loops).diagnosis()
        var parts = [
            Part(name: "doctor.txt", text: diagnosis.text(colours: false)),
            Part(name: "doctor.json", text: diagnosis.json),
            await part("versions.txt", versions),
        ]
        for daemon in Installation.daemons {
            parts.append(await part("settings/\(daemon).txt") { try await settings(of: daemon) })
            parts.append(await part("logs/\(daemon).log") { try await log(of: daemon) })
        }
        if installation.state.isMade {
            for program in ["supervisor", "postgres", "redis"] {
                parts.append(await part("logs/\(program).log") { try await log(of: program) })
            }
        }
        parts.append(await part("database.txt", database))
        parts.append(
            await part("queues.txt") { try await QueueAdministration(installation, on: loops).list() })
        return parts + (await metrics())
    }

    private func part(_ name: String, _ body: @escaping @Sendable () async throws -> String) async -> Part {
        do {
            return Part(name: name, text: try await withDeadline(.after(.seconds(20)), body))
        } catch {
            return Part(name: name, text: "It could not be had: \(error)\n")
        }
    }

    private func versions() async throws -> String {
        let kernel = String(decoding: try FileContents.read("/proc/version"), as: UTF8.self)
        let system = String(decoding: try FileContents.read("/etc/os-release"), as: UTF8.self)
        let memory = String(decoding: try FileContents.read("/proc/meminfo"), as: UTF8.self)
        let processors = String(decoding: try FileContents.read("/proc/loadavg"), as: UTF8.self)
        return "scorable \(Release.version)\n\(kernel)\(system)load: \(processors)"
            + memory.split(separator: "\n").prefix(3).joined(separator: "\n") + "\n"
    }

    private func settings(of daemon: String) async throws -> String {
        let command = ["\(installation.programs)/scorable-\(daemon)", "--check-config"]
        return try await ProgramOutput.of(
            command, environment: installation.daemonEnvironment, within: .seconds(10)
        ).text
    }

    private func log(of program: String) async throws -> String {
        if installation.state.isMade {
            let bytes = try FileContents.end(of: installation.state.log(of: program), count: Self.logLength)
            let text = String(decoding: bytes, as: UTF8.self)
            return program == "postgres" ? Self.withoutRows(text) : text
        }
        let command = [
            "/usr/bin/journalctl", "--unit", "scorable-\(program)*", "--lines", Self.lines, "--output", "cat",
            "--no-pager",
        ]
        let answer = try await ProgramOutput.of(
            command, environment: installation.environment, limit: 16 << 20, within: .seconds(10))
        return String(answer.text.suffix(Self.logLength))
    }

    /// What PostgreSQL writes about an error, without what may hold values of rows: particulars, statements, their lines.
    static func withoutRows(_ log: String) -> String {
        let told = ["DETAIL:", "STATEMENT:", "CONTEXT:", "QUERY:"]
        return log.split(separator: "\n").filter { line in
            line.first != "\t" && !told.contains { line.firstRange(of: $0) != nil }
        }.map { $0 + "\n" }.joined()
    }

    private func database() async throws -> String {
        let parts = try DoctorParts(installation, on: loops)
        let readings = DatabaseReadings(database: parts.database)
        var text = ""
        if let server = try await readings.server() {
            text += "PostgreSQL \(server.version), \(server.sizeBytes) bytes, \(server.connections) connections\n\n"
        }
        let tables = try await readings.tables(limit: 200)
        return text + tables.map { "\($0.name)\t\($0.bytes) bytes\tabout \($0.rows) rows\n" }.joined()
    }

    private func metrics() async -> [Part] {
        let places: [DaemonExaminations.Place]
        let client: HTTPClient
        do {
            let parts = try DoctorParts(installation, on: loops)
            (places, client) = (try await parts.places(), parts.client)
        } catch {
            return [Part(name: "metrics/none.txt", text: "They could not be had: \(error)\n")]
        }
        var found: [Part] = []
        for (number, place) in places.enumerated() {
            found.append(
                await part("metrics/\(number)-\(place.daemon).txt") {
                    let request = OutboundRequest(
                        method: .get, url: place.url + "/metrics",
                        deadlines: TransferDeadlines(
                            connect: .seconds(1), firstByte: .seconds(3), idle: .seconds(3), total: .seconds(5)))
                    return String(decoding: try await client.send(request, bodyLimit: 8 << 20).body, as: UTF8.self)
                })
        }
        return found
    }
}
