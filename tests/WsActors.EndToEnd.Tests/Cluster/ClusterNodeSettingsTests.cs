using Akka.Configuration;
using Microsoft.Extensions.Configuration;
using WsActors.Server;

namespace WsActors.EndToEnd.Tests.Cluster;

/// <summary>The section of the configuration that makes the program a node.</summary>
public sealed class ClusterNodeSettingsTests
{
    private const string Tcp = "akka.remote.dot-netty.tcp";

    [Fact]
    public void A_node_with_seeds_joins_by_them()
    {
        var config = Of("", ("Seeds", "one:4053, 10.0.0.2:4053,[::1]:4054"));

        Assert.Equal(
            ["akka.tcp://wsactors@one:4053", "akka.tcp://wsactors@10.0.0.2:4053", "akka.tcp://wsactors@[::1]:4054"],
            config.GetStringList("akka.cluster.seed-nodes"));
        Assert.True(ClusterNodeSettings.IsNode(config.WithFallback(ServerSettings.FromProgram)));
    }

    [Fact]
    public void Nodes_with_TLS_join_within_TLS() =>
        Assert.Equal(
            ["akka.ssl.tcp://wsactors@one:4053"],
            Of($"{Tcp}.enable-ssl = true", ("Seeds", "one:4053")).GetStringList("akka.cluster.seed-nodes"));

    [Fact]
    public void Host_is_the_public_address_and_bind_and_port_the_listening_one()
    {
        var config = Of("", ("Host", "one"), ("Bind", "0.0.0.0"), ("Port", "4054"), ("Seeds", "one:4054"));

        Assert.Equal("one", config.GetString($"{Tcp}.public-hostname"));
        Assert.Equal("0.0.0.0", config.GetString($"{Tcp}.hostname"));
        Assert.Equal(4054, config.GetInt($"{Tcp}.port"));
        Assert.True(ClusterNodeSettings.IsNode(config));
    }

    [Fact]
    public void Without_the_cluster_section_the_program_is_not_a_node()
    {
        Assert.True(Of("").IsEmpty);
        Assert.False(ClusterNodeSettings.IsNode(ServerSettings.FromProgram));
    }

    [Theory]
    [InlineData(
        "Sedes", "one:4053", "Cluster:Sedes = one:4053 is not usable: there is no such setting; Cluster has Seeds, Host, Port, Bind.")]
    [InlineData("Seeds", "one", "Cluster:Seeds = one is not usable: it is a list of host:port")]
    [InlineData("Seeds", "one:4053,two:65536", "Cluster:Seeds = one:4053,two:65536 is not usable: it is a list of host:port")]
    [InlineData("Seeds", "o\"ne:1", "Cluster:Seeds = o\"ne:1 is not usable: it is a list of host:port")]
    [InlineData("Port", "4o53", "Cluster:Port = 4o53 is not usable: it is a number from 0 to 65535.")]
    [InlineData("Host", "a b", "Cluster:Host = a b is not usable: it is neither a host's name nor an address.")]
    [InlineData("Bind", "", "Cluster:Bind =  is not usable: it is neither a host's name nor an address.")]
    public void Unusable_settings_are_named(string key, string value, string sentence) =>
        Assert.StartsWith(sentence, Assert.Throws<ConfigurationException>(() => Of("", (key, value))).Message, StringComparison.Ordinal);

    private static Config Of(string known, params (string Key, string Value)[] section) => ClusterNodeSettings.FromSection(
        new ConfigurationBuilder()
            .AddInMemoryCollection(section.ToDictionary(static one => $"Cluster:{one.Key}", static one => (string?)one.Value))
            .Build()
            .GetSection("Cluster"),
        ConfigurationFactory.ParseString(known));
}
