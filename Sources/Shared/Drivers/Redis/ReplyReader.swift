import CRedis

/// Owns one `redisReader`; frees it, and what it has half built, exactly once. Confined to its connection.
@safe final class ReplyReader {
    private let raw: UnsafeMutablePointer<redisReader>
    private let functions: UnsafeMutablePointer<redisReplyObjectFunctions>
    private let limit: Int
    /// Since the last complete reply.
    private var bytesFed = 0

    /// `limit` bounds one reply in bytes.
    init(limit: Int = 256 << 20) {
        self.limit = limit
        unsafe functions = .allocate(capacity: 1)
        unsafe functions.initialize(
            to: redisReplyObjectFunctions(
                createString: { unsafe ReplyNode.string($0, $1, $2) },
                createArray: { task, _ in unsafe ReplyNode.array(task) },
                createInteger: { unsafe ReplyNode.integer($0, $1) }, createNil: { unsafe ReplyNode.null($0) },
                freeObject: { unsafe ReplyNode.free($0) }))
        // Fails only when memory is short, and then nothing can be done.
        guard let reader = unsafe redisReaderCreateWithFunctions(functions) else {
            preconditionFailure("out of memory")
        }
        unsafe raw = reader
    }

    deinit {
        unsafe redisReaderFree(raw)
        unsafe functions.deallocate()
    }

    /// Hands over bytes from the network.
    func feed(_ bytes: ArraySlice<UInt8>) throws(RedisError) {
        bytesFed += bytes.count
        guard bytesFed <= limit else { throw RedisError(.protocolViolation, "a reply is longer than \(limit) bytes") }
        let accepted = unsafe bytes.withUnsafeBytes {
            unsafe redisReaderFeed(raw, $0.baseAddress?.assumingMemoryBound(to: CChar.self), $0.count)
        }
        guard accepted == REDIS_OK else { throw failure() }
    }

    /// The next complete reply, nil when more bytes are needed.
    func next() throws(RedisError) -> RedisValue? {
        var reply: UnsafeMutableRawPointer?
        guard unsafe redisReaderGetReply(raw, &reply) == REDIS_OK else { throw failure() }
        guard let reply = unsafe reply else { return nil }
        bytesFed = 0
        return unsafe Unmanaged<ReplyNode>.fromOpaque(reply).takeRetainedValue().value
    }

    private func failure() -> RedisError {
        let reason = unsafe withUnsafeBytes(of: raw.pointee.errstr) { bytes in
            unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
        }
        return RedisError(.protocolViolation, "the server's reply is not understood: \(reason)")
    }
}

/// A reply while hiredis builds it. The library holds one reference to the root; parents hold their children.
private final class ReplyNode {
    private enum Content {
        case leaf(RedisValue)
        case array([ReplyNode])
    }

    private var content: Content

    private init(_ content: Content) { self.content = content }

    var value: RedisValue {
        switch content {
        case .leaf(let value): value
        case .array(let nodes): .array(nodes.map(\.value))
        }
    }

    static func string(
        _ task: UnsafePointer<redisReadTask>?, _ start: UnsafeMutablePointer<CChar>?, _ count: Int
    ) -> UnsafeMutableRawPointer? {
        let bytes = unsafe UnsafeRawBufferPointer(start: start, count: count)
        let value: RedisValue
        switch unsafe task?.pointee.type {
        case REDIS_REPLY_STATUS: value = unsafe .status(String(decoding: bytes, as: UTF8.self))
        case REDIS_REPLY_ERROR: value = unsafe .error(String(decoding: bytes, as: UTF8.self))
        default: value = unsafe .string(Array(bytes))
        }
        return unsafe attach(ReplyNode(.leaf(value)), task)
    }

    static func array(_ task: UnsafePointer<redisReadTask>?) -> UnsafeMutableRawPointer? {
        unsafe attach(ReplyNode(.array([])), task)
    }

    static func integer(_ task: UnsafePointer<redisReadTask>?, _ value: Int64) -> UnsafeMutableRawPointer? {
        unsafe attach(ReplyNode(.leaf(.integer(value))), task)
    }

    static func null(_ task: UnsafePointer<redisReadTask>?) -> UnsafeMutableRawPointer? {
        unsafe attach(ReplyNode(.leaf(.null)), task)
    }

    /// The library frees only roots: children go with their parents.
    static func free(_ object: UnsafeMutableRawPointer?) {
        guard let object = unsafe object else { return }
        unsafe Unmanaged<ReplyNode>.fromOpaque(object).release()
    }

    private static func attach(_ node: ReplyNode, _ task: UnsafePointer<redisReadTask>?) -> UnsafeMutableRawPointer {
        guard let parent = unsafe task?.pointee.parent?.pointee.obj else {
            return unsafe Unmanaged.passRetained(node).toOpaque()
        }
        let owner = unsafe Unmanaged<ReplyNode>.fromOpaque(parent).takeUnretainedValue()
        if case .array(var nodes) = owner.content {
            owner.content = .array([])
            nodes.append(node)
            owner.content = .array(nodes)
        }
        return unsafe Unmanaged.passUnretained(node).toOpaque()
    }
}
