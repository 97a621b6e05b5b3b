using System.Globalization;
using System.Net.Sockets;
using Akka.Configuration;
using Akka.Remote;
using Microsoft.Extensions.Configuration;

namespace WsActors.Server;

/// <summary>
/// The settings that make the program a node of a cluster: <c>akka.actor.provider = cluster</c>, as in <c>hocon/cluster.conf</c>, or seeds
/// in the section <c>Cluster</c> of the configuration (<c>Cluster__Seeds</c> in the environment).
/// </summary>
internal static class ClusterNodeSettings
{
    private const string Provider = "akka.actor.provider";

    private const string Transport = "akka.remote.dot-netty.tcp";

    private const string SeedNodes = "akka.cluster.seed-nodes";

    private static readonly string[] Keys = ["Seeds", "Host", "Port", "Bind"];

    /// <summary>Converts the section to HOCON.</summary>
    /// <param name="section">The section with <c>Seeds</c>, <c>Host</c>, <c>Port</c> and <c>Bind</c>.</param>
    /// <param name="known">The other settings; they have <c>enable-ssl</c>.</param>
    /// <exception cref="ConfigurationException">A key or a value is not usable; the sentence names it.</exception>
    public static Config FromSection(IConfigurationSection section, Config known)
    {
        var children = section.GetChildren();
        if (children.FirstOrDefault(static child => !Keys.Contains(child.Key, StringComparer.OrdinalIgnoreCase)) is { } unknown)
        {
            throw Wrong(unknown.Path, unknown.Value, $"there is no such setting; {section.Key} has {string.Join(", ", Keys)}");
        }

        var hocon = new List<string>();
        if (section["Seeds"] is { } seeds)
        {
            var protocol = known.GetBoolean($"{Transport}.enable-ssl", false) ? "akka.ssl.tcp" : "akka.tcp";
            var addresses = seeds.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
                .Select(seed => IsHostAndPort(seed)
                    ? $"\"{protocol}://{Server.SystemName}@{seed}\""
                    : throw Wrong($"{section.Key}:Seeds", seeds, "it is a list of host:port with commas, such as one:4053,two:4053"));
            hocon.Add($"{Provider} = cluster");
            hocon.Add($"{SeedNodes} = [{string.Join(", ", addresses)}]");
        }

        if (section["Port"] is { } port)
        {
            hocon.Add(IsPort(port)
                ? $"{Transport}.port = {port}"
                : throw Wrong($"{section.Key}:Port", port, "it is a number from 0 to 65535"));
        }

        if (section["Bind"] is { } bind)
        {
            hocon.Add($"{Transport}.hostname = {Host($"{section.Key}:Bind", bind)}");
        }

        if (section["Host"] is { } host)
        {
            hocon.Add($"{Transport}.public-hostname = {Host($"{section.Key}:Host", host)}");
        }

        return ConfigurationFactory.ParseString(string.Join('\n', hocon));
    }

    /// <summary>Whether all settings together make the program a node of a cluster.</summary>
    /// <exception cref="ConfigurationException">The node has no seeds, or no address that other nodes can use.</exception>
    public static bool IsNode(Config all)
    {
        if (all.GetString(Provider, "") != "cluster")
        {
            return false;
        }

        if (all.GetStringList(SeedNodes, []).Count == 0)
        {
            throw new ConfigurationException(
                $"A node of a cluster ({Provider} = cluster) needs seed nodes to join, and there are none:"
                + $" set Cluster__Seeds=host:port,… in the environment, or {SeedNodes}. The very first node must list itself first.");
        }

        var bind = all.GetString($"{Transport}.hostname", "");
        if (bind is "0.0.0.0" or "::" && all.GetString($"{Transport}.public-hostname", "").Length == 0)
        {
            throw Wrong(
                $"{Transport}.hostname",
                bind,
                "it is every address, and other nodes need one: set Cluster__Host to the name or address that reaches this node");
        }

        return true;
    }

    /// <summary>
    /// One sentence if the node could not listen for other nodes, which Akka reports deep in nested exceptions; else null.
    /// </summary>
    public static string? WhyNotReachable(Exception e)
    {
        for (var (at, inner) = (e, e.InnerException); inner is not null; (at, inner) = (inner, inner.InnerException))
        {
            if (at is RemoteTransportException && inner is SocketException socket)
            {
                var (start, end) = (at.Message.IndexOf('[', StringComparison.Ordinal), at.Message.IndexOf(']', StringComparison.Ordinal));
                var reason = socket.SocketErrorCode == SocketError.AddressAlreadyInUse
                    ? "the port is in use. Stop the program that uses it, or choose another port (Cluster__Port)."
                    : $"{socket.Message}. The address must be one of this machine's (Cluster__Bind).";
                return $"Cannot listen for other nodes on {at.Message[(start + 1)..end]}: {reason}";
            }
        }

        return null;
    }

    private static bool IsHostAndPort(string seed) =>
        seed.LastIndexOf(':') is > 0 and var colon && IsHost(seed[..colon]) && IsPort(seed[(colon + 1)..]);

    private static bool IsPort(string text) => ushort.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out _);

    private static bool IsHost(string text) => Uri.CheckHostName(text) != UriHostNameType.Unknown;

    private static string Host(string key, string text) =>
        IsHost(text) ? $"\"{text}\"" : throw Wrong(key, text, "it is neither a host's name nor an address");

    private static ConfigurationException Wrong(string key, string? value, string reason) =>
        new($"{key}{(value is null ? "" : $" = {value}")} is not usable: {reason}.");
}
