namespace WsActors.Connection;

/// <summary>What a close frame says; without a code it is empty.</summary>
internal readonly record struct CloseFrame(int? Code, string Reason);
