internal import EventLoop

/// Does what has to be done also when whoever waits was cancelled, such as telling a store to forget half a blob.
/// `body` has to end by itself.
func cleaningUp(_ body: @escaping @Sendable () async -> Void) async {
    guard let loop = Loop.current else { return }
    // Owned by this call, which waits for its end. A task of its own, since the caller's is cancelled.
    await loop.spawn(body).value
}

/// Runs an upload; whoever was cancelled hears of that, and not of a request that broke off.
func uploading<Value>(_ body: () async throws -> Value) async throws -> Value {
    do {
        return try await body()
    } catch let error as BlobError {
        try Task.checkCancellation()
        throw error
    }
}
