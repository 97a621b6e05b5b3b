using System.Globalization;
using WsActors.Benchmarks.Load;

namespace WsActors.Benchmarks.Compare;

/// <summary>A load that every server gets.</summary>
/// <param name="Load">The load, but for the ports and the processes of the server.</param>
internal sealed record Shape(LoadOptions Load)
{
    /// <summary>As a table has it.</summary>
    public string Name => string.Create(CultureInfo.InvariantCulture, $"{Size}, {Load.Connections:N0} connections{Pace}");

    private string Size => Load.Size < 1024 ? $"{Load.Size} B" : $"{Load.Size / 1024} KiB";

    private string Pace => Load.Kind switch
    {
        LoadKind.Echo => $", {Load.Depth} in flight",
        LoadKind.Paced => string.Create(CultureInfo.InvariantCulture, $", {Load.Rate:N0} a second"),
        _ => "",
    };

    public static Shape Of(LoadKind kind, int size, int connections, int depth = 1, string path = "/echo") =>
        new(new LoadOptions { Kind = kind, Ports = [], Size = size, Connections = connections, Depth = depth, Path = path });

    /// <summary>With fewer connections: at least two.</summary>
    public Shape Divided(int by) => new(Load with { Connections = Math.Max(2, Load.Connections / by) });
}
