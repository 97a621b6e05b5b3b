namespace WsActors.Connection;

/// <summary>The code and reason of a close frame; without a code it is empty.</summary>
internal readonly record struct CloseFrame(int? Code, string Reason);
