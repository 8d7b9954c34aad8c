package import ChatModel
internal import JSON

/// A request that may go to a provider as it came: looked into, not decoded.
///
/// A class, because every call asks it many things.
package final class RelayedRequest: Sendable {
    /// What the caller speaks.
    package let dialect: ChatDialect
    /// The name by which the proxy knows the model.
    package let model: String
    /// Whether the answer is wanted in pieces.
    package let isStreaming: Bool
    /// Whether the caller wants the usage at the end of its stream; some dialects always do.
    package let streamsUsage: Bool
    /// The most tokens that may come back in each answer.
    package let maximumTokens: Int?
    /// How many answers are wanted.
    package let choices: Int
    private let scanner: JSONScanner

    /// Checks a body as far as a proxy needs it; everything else is between the caller and the model.
    /// - Throws: ``ChatFailure`` that names what is wrong.
    package init(_ body: [UInt8], dialect: ChatDialect) throws(ChatFailure) {
        do {
            scanner = try JSONScanner(body)
        } catch {
            throw ChatFailure(.invalidRequest, "the body is no JSON object: \(error.message)")
        }
        guard let model = scanner.string("model"), !model.isEmpty, model.utf8.count <= 1000 else {
            throw ChatFailure(.invalidRequest, "\"model\" has to be a name of 1 to 1000 bytes", parameter: "model")
        }
        self.dialect = dialect
        self.model = model
        isStreaming = scanner.bool("stream") ?? false
        let scanner = scanner
        // What is no positive number limits nothing: there are servers for which it means "without end".
        func count(_ name: StaticString) -> Int? { scanner.integer(name).flatMap { $0 > 0 ? Int(exactly: $0) : nil } }
        switch dialect {
        case .chatCompletions:
            streamsUsage = scanner.bool("stream_options", "include_usage") ?? false
            // A server heeds the one of them that it knows.
            maximumTokens = Self.larger(count("max_completion_tokens"), count("max_tokens"))
            choices = count("n") ?? 1
        case .responses:
            streamsUsage = true
            maximumTokens = count("max_output_tokens")
            choices = 1
        case .messages:
            streamsUsage = true
            maximumTokens = count("max_tokens")
            choices = 1
        }
    }

    private static func larger(_ left: Int?, _ right: Int?) -> Int? {
        guard let left, let right else { return left ?? right }
        return max(left, right)
    }

    /// The body as it came.
    package var bytes: [UInt8] { scanner.bytes }

    /// Whether the request has a member that is not null.
    package func has(_ name: String) -> Bool {
        guard let range = scanner.range(of: name) else { return false }
        return scanner.bytes[range.lowerBound] != UInt8(ascii: "n")
    }

    /// How many members of the request have a name.
    package func count(of name: String) -> Int { scanner.count(of: name) }

    /// Whether the text stands anywhere in the request, for what lies deeper than this looks.
    package func mentions(_ text: StaticString) -> Bool { ByteSearch.first(text, in: scanner.bytes) != nil }

    /// Whether messages of Anthropic's dialect hold thoughts of a model that is not Anthropic's, which it would refuse: they
    /// bear no proof, or one that is marked as another provider's.
    package var hasForeignThoughts: Bool {
        // The end of what such blocks are called: it begins with a letter that is rare, at which a search stops seldom.
        guard mentions("king\"") else { return false }
        return mentions("\"signature\":\"\"") || mentions("\"signature\": \"\"") || mentions("-v1:signature:")
            || mentions("-v1:data:")
    }

    /// The request decoded, for a provider that it cannot go to as it is.
    package func read() throws(ChatFailure) -> ChatRequest { try dialect.read(scanner.bytes) }

    /// The bytes as they came but for the model's name; in a stream of chat completions with the wish for its usage when
    /// `asksUsage` says so; with `additions` where they are absent; and with members renamed, each of which is there once.
    package func body(
        model: String, asksUsage: Bool, additions: [ChatExtra] = [], renaming renames: [MemberRename] = []
    ) -> [UInt8] {
        let addsUsage = asksUsage && isStreaming && !streamsUsage && dialect == .chatCompletions
        // Most ask by the name that the provider has for it, too.
        if !addsUsage, additions.isEmpty, renames.isEmpty, asksFor(model) { return scanner.bytes }
        var inserted: [ChatExtra] = additions.filter { !has($0.name) }
        var source = scanner
        if addsUsage {
            if has("stream_options") { source = optionsReplaced() } else { inserted.append(Self.usageWish) }
        }
        if source.count(of: "model") > 1 { source = Self.scanner(source, "model", .string(model)) }
        for rename in renames { source = Self.renamed(source, rename) }
        guard let place = source.range(of: "model") else { return source.bytes }
        let name = JSONWriter.bytes(of: .string(model))
        let bytes = source.bytes
        if inserted.isEmpty, bytes[place] == name[...] { return bytes }
        var output: [UInt8] = []
        output.reserveCapacity(
            bytes.count + name.count + inserted.reduce(0) { $0 + $1.name.utf8.count + $1.value.bytes.count + 8 })
        output += bytes[..<place.lowerBound]
        output += name
        // The scanner has checked that the document is one object, so that this is its end.
        let end = inserted.isEmpty ? bytes.endIndex : bytes.lastIndex(of: UInt8(ascii: "}")) ?? bytes.endIndex
        output += bytes[place.upperBound..<end]
        for extra in inserted {
            output.append(UInt8(ascii: ","))
            output += JSONWriter.bytes(of: .string(extra.name))
            output.append(UInt8(ascii: ":"))
            output += extra.value.bytes
        }
        output += bytes[end...]
        return output
    }

    /// Whether the request asks for the model by these very bytes, once.
    private func asksFor(_ model: String) -> Bool {
        let name = model.utf8.span
        guard scanner.count(of: "model") == 1, let place = scanner.range(of: "model"), place.count == name.count + 2
        else { return false }
        let bytes = scanner.bytes
        // What has a backslash here stands for something else there.
        return ByteSearch.stands(name, in: bytes.span, at: place.lowerBound + 1)
            && ByteSearch.first(UInt8(ascii: "\\"), in: name, 0..<name.count) == name.count
    }

    /// The bytes as they came, with another member in the place of the model's, which has to be there once.
    package func body(inPlaceOfModel name: String, _ value: String) -> [UInt8] {
        Self.replaced(scanner, "model", by: name, JSONWriter.bytes(of: .string(value)))
    }

    /// A document with another member in the place of one that is there once.
    private static func replaced(
        _ source: JSONScanner, _ member: String, by name: String, _ value: [UInt8]
    ) -> [UInt8] {
        let bytes = source.bytes
        guard let old = source.range(of: member) else { return bytes }
        // Before the value come a colon and the name in quotes, with white space at most between them.
        let quote = UInt8(ascii: "\"")
        guard let closing = bytes[..<old.lowerBound].lastIndex(of: quote),
            let opening = bytes[..<closing].lastIndex(of: quote)
        else { return bytes }
        var output: [UInt8] = []
        output.reserveCapacity(bytes.count + name.utf8.count + value.count)
        output += bytes[..<opening]
        output += JSONWriter.bytes(of: .string(name))
        output.append(UInt8(ascii: ":"))
        output += value
        output += bytes[old.upperBound...]
        return output
    }

    private static func renamed(_ source: JSONScanner, _ rename: MemberRename) -> JSONScanner {
        guard let value = source.range(of: rename.name) else { return source }
        return scanner(of: replaced(source, rename.name, by: rename.newName, Array(source.bytes[value])))
    }

    private static let usageWish = ChatExtra("stream_options", RawJSON(#"{"include_usage":true}"#))

    /// The request with `include_usage` among the options that it has.
    private func optionsReplaced() -> JSONScanner {
        var options = JSONObject()
        do {
            if case .object(let given)? = try scanner.value("stream_options") { options = given }
        } catch {
            // The scanner has read it before; what it cannot read is no object.
            options = JSONObject()
        }
        options["include_usage"] = true
        return Self.scanner(scanner, "stream_options", .object(options))
    }

    private static func scanner(_ source: JSONScanner, _ name: String, _ value: JSONValue) -> JSONScanner {
        scanner(of: source.replacing(name, with: value))
    }

    private static func scanner(of bytes: [UInt8]) -> JSONScanner {
        do {
            return try JSONScanner(bytes)
        } catch {
            preconditionFailure("a member of a document was replaced, and it is none any more: \(error)")
        }
    }
}
