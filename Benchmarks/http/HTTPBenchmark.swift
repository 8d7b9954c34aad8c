import EventLoop
import Glibc
import HTTPMessages
import HTTPServer

/// The server that `run.sh` measures beside nginx: one loop, as nginx has one worker.
///
///     http-benchmark PORT [CERTIFICATE KEY]
///
/// `/now` reads the body and answers 1 KB; `/later` waits for the loop in between, as a handler that asks a database
/// does; `/stream` sends 50 events of some 130 bytes, ten a second.
@main
enum HTTPBenchmark {
    static func main() async throws {
        let arguments = CommandLine.arguments
        guard arguments.count > 1, let port = Int(arguments[1]) else {
            throw Usage()
        }
        var settings = HTTPListenerSettings(port: port, maximumConnections: 20_000)
        if arguments.count > 3 {
            settings.tls = TLSIdentity(certificatePEM: try read(arguments[2]), keyPEM: try read(arguments[3]))
        }
        let loops = LoopGroup(count: 1, name: "http")
        let listener = HTTPListener(settings: settings, loops: loops, handler: answer)
        try await listener.start()
        while true { try await Task.sleep(for: .seconds(3600)) }
    }

    private static let kilobyte = [UInt8](repeating: UInt8(ascii: "x"), count: 1024)
    private static let event = [UInt8]("data: \(String(repeating: "y", count: 120))\n\n".utf8)

    private static func answer(_ request: HTTPRequest) async -> HTTPResponse {
        if request.path == "/stream" {
            return HTTPResponse(status: 200, headers: ["content-type": "text/event-stream"], body: .stream(events))
        }
        do {
            _ = try await request.body.collect(upTo: 1 << 20)
            if request.path == "/later" { try await Loop.current?.sleep(for: .zero) }
        } catch {
            return HTTPResponse(status: 400)
        }
        return HTTPResponse(status: 200, headers: ["content-type": "text/plain"], body: .bytes(kilobyte))
    }

    private static func events(_ writer: HTTPResponseWriter) async throws {
        for _ in 0..<50 {
            try await writer.write(event)
            try await Loop.current?.sleep(for: .milliseconds(100))
        }
    }

    private static func read(_ path: String) throws -> String {
        guard let file = unsafe fopen(path, "r") else { throw SystemError.last("open \(path)") }
        defer { unsafe fclose(file) }
        var room = [UInt8](repeating: 0, count: 1 << 16)
        let count = unsafe fread(&room, 1, room.count, file)
        return String(decoding: room[..<count], as: UTF8.self)
    }

    private struct Usage: Error, CustomStringConvertible {
        let description = "usage: http-benchmark PORT [CERTIFICATE KEY]"
    }
}
