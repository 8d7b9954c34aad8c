internal import JSON
internal import Redis
internal import Tenancy

extension TurnRequest {
    /// The request as the library of functions reads it.
    var text: [UInt8] {
        var json = JSONWriter(capacity: 256)
        json.beginObject()
        json.write("limits", [limits.places, limits.requests, limits.tokens])
        json.write("held", held)
        json.write("running", running)
        json.write("returned", [returnedRequests, returnedTokens - owedTokens])
        json.write("wished", [wishedPlaces, wishedRequests, wishedTokens])
        json.write("proxies", knownProxies)
        if let sinceLast { json.write("since", sinceLast.wholeMilliseconds) }
        if !waiting.isEmpty {
            json.key("waiting")
            json.beginArray()
            for entry in waiting { entry.write(to: &json) }
            json.endArray()
        }
        if let report { report.write(to: &json) }
        json.endObject()
        return json.bytes
    }
}

extension TurnRequest.Waiting {
    fileprivate func write(to json: inout JSONWriter) {
        json.beginArray()
        json.write(owner.lane.number)
        json.write(owner.project?.description ?? "")
        for number in [count, firstTokens, otherTokens, Int(age.wholeMilliseconds)] { json.write(number) }
        json.endArray()
    }
}

extension LimitReport {
    fileprivate func write(to json: inout JSONWriter) {
        json.key("report")
        json.beginObject()
        if let requests { json.write("requests", [requests.limit ?? 0, requests.remaining ?? -1]) }
        if let tokens { json.write("tokens", [tokens.limit ?? 0, tokens.remaining ?? -1]) }
        if let pause { json.write("pause", pause.wholeMilliseconds) }
        if isThrottled { json.write("throttled", 1) }
        json.endObject()
    }
}

extension TurnReply {
    /// The replies to so many requests.
    static func list(_ value: RedisValue, count: Int) throws(MalformedTurn) -> [TurnReply] {
        guard let elements = value.array, elements.count == count else { throw MalformedTurn() }
        var replies: [TurnReply] = []
        for element in elements { replies.append(try TurnReply(element)) }
        return replies
    }

    private init(_ value: RedisValue) throws(MalformedTurn) {
        let numbers = value.array?.compactMap(\.integer).map { Int(clamping: $0) } ?? []
        guard numbers.count >= 10, numbers.count == value.array?.count else { throw MalformedTurn() }
        self.init(
            held: numbers[0], requests: numbers[1], tokens: numbers[2], entitled: Array(numbers[10...]),
            isContended: numbers[3] != 0, isGoverned: numbers[4] != 0, blockedFor: .milliseconds(numbers[5]),
            proxies: numbers[6],
            learned: CallLimitNumbers(requests: numbers[8], tokens: numbers[9], places: numbers[7]))
    }
}

/// Redis answered something that the library of functions does not say.
struct MalformedTurn: Error, CustomStringConvertible {
    var description: String { "the functions of the governor in Redis are not those of this release" }
}

extension JSONWriter {
    fileprivate mutating func write(_ name: String, _ value: some FixedWidthInteger) {
        key(name)
        write(value)
    }

    fileprivate mutating func write(_ name: String, _ values: [Int]) {
        key(name)
        beginArray()
        for value in values { write(value) }
        endArray()
    }
}
