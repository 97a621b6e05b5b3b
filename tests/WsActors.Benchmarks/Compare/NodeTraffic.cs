using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace WsActors.Benchmarks.Compare;

/// <summary>The bytes between nodes on this machine, as the kernel counts them by socket.</summary>
/// <param name="ports">The nodes' remoting ports.</param>
internal sealed partial class NodeTraffic(IReadOnlyCollection<int> ports)
{
    /// <summary>Bytes so far, of connections that stand, both ways; null where iproute2's <c>ss</c> is missing.</summary>
    public async Task<long?> BytesAsync(CancellationToken cancellation)
    {
        if (!Machine.Exists("ss"))
        {
            return null;
        }

        using var process = Process.Start(
            new ProcessStartInfo("ss", ["-tinHO", "state", "established"]) { RedirectStandardOutput = true })!;
        var sockets = await process.StandardOutput.ReadToEndAsync(cancellation);
        await process.WaitForExitAsync(cancellation);
        return Socket().Matches(sockets)
            .Where(socket => ports.Contains(Port(socket, "local")) || ports.Contains(Port(socket, "peer")))
            .Sum(static socket => long.Parse(socket.Groups["sent"].ValueSpan, CultureInfo.InvariantCulture));
    }

    private static int Port(Match socket, string end) => int.Parse(socket.Groups[end].ValueSpan, CultureInfo.InvariantCulture);

    [GeneratedRegex(
        @"^[^\n]*?:(?<local>\d+) +\S+:(?<peer>\d+) [^\n]*bytes_sent:(?<sent>\d+)", RegexOptions.Multiline | RegexOptions.ExplicitCapture)]
    private static partial Regex Socket();
}
