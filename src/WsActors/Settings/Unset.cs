namespace WsActors.Settings;

/// <summary>Chooses the constructor of options that sets no property: a table sets all of them.</summary>
internal readonly struct Unset;
