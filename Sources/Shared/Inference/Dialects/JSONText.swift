internal import JSON

/// Arguments of tools, which models write as text that is meant to be an object.
package enum JSONText {
    /// The object in `text`; an object that holds the text under `text` when it is none, so that nothing gets lost.
    package static func object(_ text: String) -> [UInt8] {
        let bytes = Array(text.utf8)
        guard bytes.contains(where: { $0 > 32 }) else { return Array("{}".utf8) }
        do {
            _ = try JSONScanner(bytes)
            return bytes
        } catch {
            return JSONWriter.bytes(of: ["text": .string(text)])
        }
    }

    /// Whether `text` is an object.
    package static func isObject(_ text: String) -> Bool {
        do {
            _ = try JSONScanner(Array(text.utf8))
            return true
        } catch {
            return false
        }
    }
}
