using System.Collections;
using System.Net;
using System.Reflection;
using System.Security.Claims;
using Akka.Actor;

namespace WsActors.Tests.Serialization;

/// <summary>Writes down all that can be seen of a message, so that two can be compared: records compare memory by reference.</summary>
internal static class Rendering
{
    public static string Of(object? value) => value switch
    {
        null => "null",
        string text => $"'{text}'",
        ReadOnlyMemory<byte> bytes => Convert.ToHexStringLower(bytes.Span),
        Ws.OverflowPolicy policy => $"({policy.IsDrop}, {policy.Key})",
        ClaimsPrincipal principal =>
            $"({principal.Identity?.Name}, {principal.Identity?.AuthenticationType}, {string.Join("; ", principal.Claims)})",
        DateTimeOffset date => date.ToString("O"),
        IActorRef actor => $"{actor.Path}",
        EndPoint or IPAddress or Version or IFormattable or bool => $"{value}",
        IEnumerable entries => $"[{string.Join(", ", entries.Cast<object>().Select(Of))}]",
        _ => $"{value.GetType().Name} {{ {string.Join(", ", Properties(value))} }}",
    };

    private static IEnumerable<string> Properties(object value) => value.GetType()
        .GetProperties(BindingFlags.Public | BindingFlags.Instance)
        .Where(static property => property.GetIndexParameters().Length == 0)
        .Select(property => $"{property.Name} = {Of(property.GetValue(value))}");
}
