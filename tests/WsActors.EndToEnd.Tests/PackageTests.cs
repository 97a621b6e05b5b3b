using System.Reflection;
using System.Xml.Linq;

namespace WsActors.EndToEnd.Tests;

/// <summary>The packages and project references of users, in a project without the settings of this repository.</summary>
[Collection(Packages.Name)]
public sealed class PackageTests(PackedLibraries scratch)
{
    private static readonly string MachinesCache = Environment.GetEnvironmentVariable("NUGET_PACKAGES")
        ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");

    [Fact]
    public async Task A_project_without_our_central_versions_references_the_projects_and_serves_an_echo()
    {
        var source = Path.Combine(Repository.Root, "src");
        var app = await WriteAsync("refers", Project($"""
            <ProjectReference Include="{source}/WsActors.Cluster/WsActors.Cluster.csproj" />
            <ProjectReference Include="{source}/WsActors.Hosting/WsActors.Hosting.csproj" />
            """));

        // The projects as the tests were built.
        var output = await Dotnet.RunAsync(app, "run", "--configuration", PackedLibraries.Configuration, "-p:BuildProjectReferences=false");

        AssertRan(output);
    }

    [Theory]
    [InlineData("WsActors")]
    [InlineData("WsActors.Cluster")]
    [InlineData("WsActors.Hosting")]
    public void A_library_names_each_package_that_it_is_compiled_against(string library) => Assert.Subset(
        NamedBy(library).ToHashSet(),
        Assembly.Load(library).GetReferencedAssemblies()
            .Select(static reference => reference.Name!)
            .Where(static name => name.StartsWith("Akka", StringComparison.Ordinal))
            .ToHashSet());

    /// <summary>By the project, or by one that it refers to.</summary>
    private static IEnumerable<string> NamedBy(string library)
    {
        var project = XElement.Load(Path.Combine(Repository.Root, "src", library, library + ".csproj"));
        return project.Descendants("PackageReference").Select(static reference => reference.Attribute("Include")!.Value)
            .Concat(
                project.Descendants("ProjectReference")
                    .SelectMany(static reference => NamedBy(Path.GetFileNameWithoutExtension(reference.Attribute("Include")!.Value))));
    }

    private static void AssertRan(string output)
    {
        Assert.Contains("the scratch project heard: hello", output, StringComparison.Ordinal);
        Assert.Contains("the scratch project is a node", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_scratch_project_installs_the_packages_and_serves_an_echo()
    {
        var packages = await scratch.PackAsync();
        var app = await WriteAsync("installs", Project($"""
            <PackageReference Include="WsActors.Cluster" Version="{PackedLibraries.Version}" />
            <PackageReference Include="WsActors.Hosting" Version="{PackedLibraries.Version}" />
            <PackageReference Include="WsActors.TestKit" Version="{PackedLibraries.Version}" />
            """, packages));

        // Packages of the test version are never left in the machine's cache; their dependencies are there already.
        var output = await Dotnet.RunAsync(
            app, "run", "-p:RestorePackagesPath=" + Path.Combine(scratch.Folder, "cache"), "-p:RestoreFallbackFolders=" + MachinesCache);

        AssertRan(output);
    }

    private async Task<string> WriteAsync(string name, string project)
    {
        var app = Directory.CreateDirectory(Path.Combine(scratch.Folder, name)).FullName;
        await File.WriteAllTextAsync(Path.Combine(app, "app.csproj"), project);
        await File.WriteAllTextAsync(Path.Combine(app, "Program.cs"), Program);
        return app;
    }

    private static string Project(string references, string packages = "") => $"""
        <Project Sdk="Microsoft.NET.Sdk">
          <PropertyGroup>
            <OutputType>Exe</OutputType>
            <TargetFramework>net10.0</TargetFramework>
            <ManagePackageVersionsCentrally>false</ManagePackageVersionsCentrally>
            <ImplicitUsings>enable</ImplicitUsings>
            <RestoreAdditionalProjectSources>{packages}</RestoreAdditionalProjectSources>
          </PropertyGroup>
          <ItemGroup>
            <PackageReference Include="Microsoft.Extensions.Hosting" Version="10.0.15" />
            {references}
          </ItemGroup>
        </Project>
        """;

    private const string Program = """
        using System.Net;
        using System.Net.WebSockets;
        using System.Text;
        using Akka.Actor;
        using Akka.Configuration;
        using Akka.Hosting;
        using Microsoft.Extensions.DependencyInjection;
        using Microsoft.Extensions.Hosting;
        using WsActors;
        using WsActors.Cluster;
        using WsActors.Hosting;

        var builder = Host.CreateApplicationBuilder();
        builder.Services.AddAkka("scratch", akka => akka
            .AddHocon("ws-actors.drain { lead = off, spread = off }", HoconAddMode.Prepend)
            .WithWebSockets(ws => ws.Listen("ws://127.0.0.1:0").Map<Echo>("/")));
        using var host = builder.Build();
        await host.StartAsync();
        var bound = host.Services.GetRequiredService<ActorSystem>().WebSockets().BoundEndpoints[0];
        using var client = new ClientWebSocket();
        await client.ConnectAsync(new Uri($"ws://127.0.0.1:{bound.Port}/"), default);
        await client.SendAsync(Encoding.UTF8.GetBytes("hello"), WebSocketMessageType.Text, true, default);
        var buffer = new byte[100];
        var echo = await client.ReceiveAsync(buffer, default);
        Console.WriteLine("the scratch project heard: " + Encoding.UTF8.GetString(buffer, 0, echo.Count));
        await client.CloseAsync(WebSocketCloseStatus.NormalClosure, "", default);
        await host.StopAsync();
        var config = ConfigurationFactory.ParseString("akka.remote.dot-netty.tcp { hostname = 127.0.0.1, port = 0 }");
        var node = ActorSystem.Create("node", WebSocketClusterExtension.Configure(config));
        node.WebSocketCluster();
        Console.WriteLine("the scratch project is a node");
        await node.Terminate();

        public sealed class Echo : ReceiveActor
        {
            public Echo() => Receive<Ws.Received>(message => Sender.Tell(Ws.Send.FromReceived(message)));
        }
        """;
}
