package import FoundationEssentials
internal import JSON

/// Gives execution logs new tags, `POST /v1/execution-logs/set-tags/`.
package struct SetTagsRequest: Decodable, Sendable {
    package let logIds: [UUID]
    /// None without.
    package let tags: [String]?
}
