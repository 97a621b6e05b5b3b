namespace WsActors.Protocol.Handshake;

/// <summary>One extension that is offered or accepted (RFC 6455 §9.1). Immutable.</summary>
/// <param name="Name">A token, such as <c>permessage-deflate</c>.</param>
/// <param name="Parameters">In the order of the wire; the same name may come twice.</param>
public sealed record Extension(string Name, IReadOnlyList<ExtensionParameter> Parameters);

/// <summary>A parameter of an <see cref="Extension"/>.</summary>
/// <param name="Name">A token.</param>
/// <param name="Value">A token, its quotes taken off if it had any; null when none was given.</param>
public readonly record struct ExtensionParameter(string Name, string? Value = null);
