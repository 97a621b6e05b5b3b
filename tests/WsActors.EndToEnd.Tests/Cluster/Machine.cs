using System.Globalization;

namespace WsActors.EndToEnd.Tests.Cluster;

/// <summary>
/// A machine with a cable to each of two networks, that of the people and that of the nodes, and a node on it: the real program in a
/// namespace of its own. Of <see cref="Machines"/>.
/// </summary>
internal sealed class Machine : IDisposable
{
    private const string People = "people";

    private const string Nodes = "nodes";

    private static readonly string[] Networks = [People, Nodes];

    private readonly NetworkNamespace _switches;

    private readonly NetworkNamespace _itself;

    private readonly int _number;

    private ServerProcess? _program;

    /// <param name="switches">The networks of people and of nodes.</param>
    /// <param name="number">1 to 253: the end of its addresses.</param>
    public Machine(NetworkNamespace switches, int number)
    {
        (_switches, _number) = (switches, number);
        _itself = NetworkNamespace.Create(string.Create(CultureInfo.InvariantCulture, $"{number}"));
        foreach (var network in Networks)
        {
            switches.Ip($"link add {Port(network)} type veth peer name {network} netns {_itself.Name}");
            Connect(network);
            switches.Ip($"link set {Port(network)} up");
            _itself.Ip($"address add {AddressIn(network, number)}/24 dev {network}");
            _itself.Ip($"link set {network} up");
        }

        _itself.Ip("link set lo up");
    }

    /// <summary>Its address for people.</summary>
    public string Address => $"{AddressIn(People, _number)}:8080";

    /// <summary>Its address for other nodes.</summary>
    public string Node => $"{AddressIn(Nodes, _number)}:4053";

    /// <summary>Its program, once it was started.</summary>
    public ServerProcess Program => _program ?? throw new InvalidOperationException("It was not started.");

    /// <summary>Makes both networks, with an address for clients from outside.</summary>
    public static void Lay(NetworkNamespace switches)
    {
        foreach (var network in Networks)
        {
            switches.Ip($"link add {network} type bridge");
            switches.Ip($"link set {network} up");
        }

        // Of its own, or it would be that of one of its cables, and another when that is unplugged.
        switches.Ip($"link set {People} address 02:00:00:00:00:fe");
        switches.Ip($"address add {AddressIn(People, 254)}/24 dev {People}");
    }

    /// <summary>Starts its program, and waits until that listens.</summary>
    public async Task StartAsync(string seeds, string[] arguments)
    {
        if (_program is not null)
        {
            await _program.DisposeAsync();
        }

        _program = await ServerProcess.StartAsync(
            _itself.Launcher,
            new Dictionary<string, string?>
            {
                ["Cluster__Seeds"] = seeds,
                ["Cluster__Host"] = AddressIn(Nodes, _number),
                ["Cluster__Bind"] = "0.0.0.0",
            },
            ["--listen", $"ws://{Address}", .. arguments]);
    }

    /// <summary>Silently drops all packets between it and the other nodes. People still reach it.</summary>
    public void CutFromNodes() => Cut(Nodes);

    /// <summary>Nor does anything pass between it and people.</summary>
    public void CutFromAll()
    {
        Cut(Nodes);
        Cut(People);
    }

    public void Heal() => Array.ForEach(Networks, Connect);

    public async Task EndAsync()
    {
        if (_program is not null)
        {
            await _program.DisposeAsync();
        }
    }

    public void Dispose() => _itself.Dispose();

    private static string AddressIn(string network, int number) =>
        string.Create(CultureInfo.InvariantCulture, $"10.0.{(network == People ? 0 : 1)}.{number}");

    /// <summary>The end of its cable in the switch.</summary>
    private string Port(string network) => string.Create(CultureInfo.InvariantCulture, $"{network}{_number}");

    // The link stays up: a link that goes down would be detected at once, a silent drop is not.
    private void Cut(string network) => _switches.Ip($"link set {Port(network)} nomaster");

    private void Connect(string network) => _switches.Ip($"link set {Port(network)} master {network}");
}
