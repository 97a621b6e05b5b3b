namespace WsActors.Settings;

/// <summary>A row of the table in <c>docs/settings.md</c>; the default is that of <c>hocon/ws-actors.conf</c>.</summary>
/// <param name="Key">The key below <c>ws-actors</c>.</param>
/// <param name="Kind">The kind of its value.</param>
/// <param name="Range">The values that are taken.</param>
/// <param name="Meaning">The setting in a line: what it bounds, and the effect past it.</param>
internal sealed record SettingRow(string Key, string Kind, string Range, string Meaning);
