using System.Globalization;
using System.Runtime.CompilerServices;
using WsActors.Protocol.Handshake;

namespace WsActors.Protocol.Compression;

/// <summary>The four parameters of permessage-deflate as a header carries them (RFC 7692 §7.1).</summary>
internal readonly record struct DeflateParameters
{
    public const int MinWindowBits = 8;

    public const int MaxWindowBits = 15;

    private const string ExtensionName = "permessage-deflate";

    public bool ServerNoContextTakeover { get; init; }

    public bool ClientNoContextTakeover { get; init; }

    /// <summary>Null when the parameter is missing.</summary>
    public int? ServerMaxWindowBits { get; init; }

    /// <summary>Null when the parameter is missing or has no value.</summary>
    public int? ClientMaxWindowBits { get; init; }

    /// <summary>
    /// Whether <c>client_max_window_bits</c> is present, with or without a value. Only then may the server respond with it.
    /// </summary>
    public bool HasClientMaxWindowBits { get; init; }

    public static bool IsNamed(Extension extension) => extension.Name.Equals(ExtensionName, StringComparison.OrdinalIgnoreCase);

    /// <summary>False for an unknown parameter, a repeated one, or a value that is not allowed. The offer is then declined.</summary>
    public static bool TryRead(Extension extension, out DeflateParameters parameters)
    {
        parameters = default;
        foreach (var (name, value) in extension.Parameters)
        {
            DeflateParameters? next = name.ToLowerInvariant() switch
            {
                "server_no_context_takeover" when value is null && !parameters.ServerNoContextTakeover =>
                    parameters with { ServerNoContextTakeover = true },
                "client_no_context_takeover" when value is null && !parameters.ClientNoContextTakeover =>
                    parameters with { ClientNoContextTakeover = true },
                "server_max_window_bits" when parameters.ServerMaxWindowBits is null && WindowBits(value) is { } bits =>
                    parameters with { ServerMaxWindowBits = bits },
                "client_max_window_bits" when !parameters.HasClientMaxWindowBits && (value is null || WindowBits(value) is not null) =>
                    parameters with { HasClientMaxWindowBits = true, ClientMaxWindowBits = WindowBits(value) },
                _ => null,
            };
            if (next is null)
            {
                return false;
            }

            parameters = next.Value;
        }

        return true;
    }

    public string ToHeaderValue()
    {
        List<string> parts = [ExtensionName];
        if (ServerNoContextTakeover)
        {
            parts.Add("server_no_context_takeover");
        }

        if (ClientNoContextTakeover)
        {
            parts.Add("client_no_context_takeover");
        }

        if (ServerMaxWindowBits is { } server)
        {
            parts.Add(string.Create(CultureInfo.InvariantCulture, $"server_max_window_bits={server}"));
        }

        if (ClientMaxWindowBits is { } client)
        {
            parts.Add(string.Create(CultureInfo.InvariantCulture, $"client_max_window_bits={client}"));
        }
        else if (HasClientMaxWindowBits)
        {
            parts.Add("client_max_window_bits");
        }

        return string.Join("; ", parts);
    }

    /// <summary>Checks window bits that a program configures.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not from 8 to 15.</exception>
    public static int InRange(int windowBits, [CallerMemberName] string? name = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(windowBits, MinWindowBits, name);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(windowBits, MaxWindowBits, name);
        return windowBits;
    }

    /// <summary>RFC 7692 §7.1.2: a decimal number from 8 to 15 without leading zeros; else null.</summary>
    private static int? WindowBits(string? value) => value switch
    {
        ['8' or '9'] => value[0] - '0',
        ['1', >= '0' and <= '5'] => 10 + value[1] - '0',
        _ => null,
    };
}
