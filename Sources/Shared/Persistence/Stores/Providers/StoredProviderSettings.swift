import JSON
import Scoring

extension StoredJSON {
    private enum SettingName {
        static let apiVersion = "api_version"
        static let region = "region"
        static let project = "project"
        static let location = "location"
    }

    /// The settings that are there.
    static func text(of settings: ProviderSettings) -> String {
        var object: JSONObject = [:]
        func add(_ name: String, _ value: String?) {
            if let value { object[name] = .string(value) }
        }
        add(SettingName.apiVersion, settings.apiVersion)
        add(SettingName.region, settings.region)
        add(SettingName.project, settings.project)
        add(SettingName.location, settings.location)
        return String(decoding: JSONWriter.bytes(of: .object(object)), as: UTF8.self)
    }

    static func providerSettings(from text: String) throws -> ProviderSettings {
        let value = try JSONParser.parse(text)
        return ProviderSettings(
            apiVersion: value[SettingName.apiVersion]?.stringValue, region: value[SettingName.region]?.stringValue,
            project: value[SettingName.project]?.stringValue, location: value[SettingName.location]?.stringValue)
    }
}
