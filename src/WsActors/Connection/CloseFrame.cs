namespace WsActors.Connection;

/// <summary>The code and reason of a close frame. Without a code the frame is empty.</summary>
internal readonly record struct CloseFrame(int? Code, string Reason);
