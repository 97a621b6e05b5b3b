namespace WsActors.Protocol.Handshake;

/// <summary>One extension that is offered or accepted (RFC 6455 §9.1). Immutable.</summary>
/// <param name="Name">A token, such as <c>permessage-deflate</c>.</param>
/// <param name="Parameters">The parameters in the order of the header; a name may be repeated.</param>
public sealed record Extension(string Name, IReadOnlyList<ExtensionParameter> Parameters);

/// <summary>A parameter of an <see cref="Extension"/>.</summary>
/// <param name="Name">A token.</param>
/// <param name="Value">A token, without the quotes if it had any; null for a parameter without a value.</param>
public readonly record struct ExtensionParameter(string Name, string? Value = null);
