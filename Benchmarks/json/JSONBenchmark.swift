import FoundationEssentials
import Glibc
import JSON

// The shapes that the hot paths read and write most: an execution request of 1 KB, a chat completion of 11 KB.

private struct ExecutionRequest: Codable {
    var request: String?
    var response: String?
    var turns: [Turn]?
    var contexts: [String]?
    var expectedOutput: String?
    var tags: [String]?
    var userID: String?
    var sessionID: String?
    var systemPrompt: String?
    var variables: [String: String]?
}

private struct Turn: Codable {
    enum Role: String, Codable, CaseIterable { case user, assistant, tool }
    var role: Role
    var content: String
    var contexts: [String]?
    var toolName: String?
}

private struct ChatCompletion: Codable {
    var id: String
    var object: String
    var created: Int
    var model: String
    var choices: [Choice]
    var usage: Usage
    var systemFingerprint: String?

    struct Choice: Codable {
        var index: Int
        var message: Message
        var finishReason: String?
    }

    struct Message: Codable {
        var role: String
        var content: String?
        var toolCalls: [ToolCall]?
    }

    struct ToolCall: Codable {
        var id: String
        var type: String
        var function: Function
    }

    struct Function: Codable {
        var name: String
        var arguments: String
    }

    struct Usage: Codable {
        var promptTokens: Int
        var completionTokens: Int
        var totalTokens: Int
    }
}

/// Prints microseconds of CPU for each operation; `run.sh` puts Python's figures beside them.
@main struct JSONBenchmark {
    static func main() throws {
        guard CommandLine.arguments.count == 2 else {
            print("usage: json-benchmark FOLDER   (with request.json and completion.json)")
            return
        }
        let request = try read("\(CommandLine.arguments[1])/request.json")
        let completion = try read("\(CommandLine.arguments[1])/completion.json")
        try measure("request", ExecutionRequest.self, request)
        try measure("completion", ChatCompletion.self, completion)
    }

    private static func measure<T: Codable>(_ name: String, _ type: T.Type, _ bytes: [UInt8]) throws {
        let value = try JSONCodec.decode(type, from: bytes)
        let tree = try JSONParser.parse(bytes)
        report("\(name) typed decode", best { try JSONCodec.decode(type, from: bytes).self })
        report("\(name) typed encode", best { JSONCodec.encode(value) })
        report("\(name) tree decode", best { try JSONParser.parse(bytes) })
        report("\(name) tree encode", best { JSONWriter.bytes(of: tree) })
        report("\(name) scan", best { try JSONScanner(bytes).string("model") })
    }

    private static func report(_ name: String, _ microseconds: Double) {
        let tenths = Int((microseconds * 100).rounded())
        print("swift\t\(name)\t\(tenths / 100).\(tenths % 100 < 10 ? "0" : "")\(tenths % 100)")
    }

    /// The least disturbed of 15 rounds of 500.
    private static func best<Result>(_ body: () throws -> Result) -> Double {
        var best = Double.infinity
        for _ in 0..<15 {
            let start = cpuTime()
            for _ in 0..<500 {
                do {
                    blackHole(try body())
                } catch {
                    print("failed: \(error)")
                    exit(1)
                }
            }
            best = min(best, (cpuTime() - start) / 500)
        }
        return best
    }

    @inline(never) private static func blackHole<Result>(_ value: Result) {}

    private static func cpuTime() -> Double {
        var time = timespec()
        unsafe clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return Double(time.tv_sec) * 1e6 + Double(time.tv_nsec) / 1e3
    }

    private static func read(_ path: String) throws -> [UInt8] {
        guard let file = unsafe fopen(path, "r") else { throw CocoaError(.fileReadNoSuchFile) }
        defer { unsafe fclose(file) }
        var bytes = [UInt8](repeating: 0, count: 1 << 20)
        let count = unsafe fread(&bytes, 1, bytes.count, file)
        return Array(bytes[..<count])
    }
}
