using System.Reflection;
using System.Text.RegularExpressions;

namespace WsActors.Documents.Tests;

/// <summary>Each C# block of the documents compiles, in the surroundings that its page describes.</summary>
public sealed partial class CodeBlockTests
{
    private const string Usings = """
        using Akka.Actor;
        using Akka.Cluster.Hosting;
        using Akka.Hosting;
        using Akka.Remote.Hosting;
        using Akka.TestKit;
        using System.Text.Json.Serialization;
        using Microsoft.AspNetCore.Authentication.JwtBearer;
        using Microsoft.AspNetCore.Builder;
        using Microsoft.AspNetCore.Hosting.Server;
        using Microsoft.AspNetCore.Hosting.Server.Features;
        using Microsoft.AspNetCore.Mvc.Testing;
        using Microsoft.AspNetCore.TestHost;
        using Microsoft.Extensions.DependencyInjection;
        using Microsoft.Extensions.Hosting;
        using WsActors;
        using WsActors.AspNetCore;
        using WsActors.AspNetCore.TestKit;
        using WsActors.Cluster;
        using WsActors.Hosting;
        using WsActors.Protocol;
        using WsActors.Protocol.Messages;
        using WsActors.Routing;
        using WsActors.TestKit;

        """;

    /// <summary>The names that blocks take for granted, each as its page describes it.</summary>
    private const string Surroundings = Usings + """
        using System.Security.Claims;

        public interface IOrders { Task<string> Place(string order); }
        public interface IUsers { Task<ClaimsPrincipal?> Find(string? authorization, CancellationToken cancellation); }
        public sealed record Ticket(ClaimsPrincipal User, DateTimeOffset ExpiresAt);
        public interface ITickets { Task<Ticket?> Find(string? authorization, CancellationToken cancellation); }
        public interface ITokens { Task<string> Fetch(CancellationToken cancellation); }
        public sealed record Order(string Id) { public static implicit operator string(Order order) => order.Id; }
        public sealed record Bid(string Item, decimal Amount);
        [JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
        [JsonSerializable(typeof(Bid))]
        public sealed partial class AppJson : JsonSerializerContext;
        public sealed class AuctionHandler() : JsonWebSocketHandler<Bid>(AppJson.Default.Bid)
        {
            protected override void OnMessage(Bid bid) => Connection.Tell(Ws.Send.Json(bid, AppJson.Default.Bid));
        }
        public class Program;
        public abstract class SomeHandler : ReceiveActor;
        public sealed class GreetingHandler : SomeHandler;
        public sealed class ChatHandler : SomeHandler;
        public sealed class EchoHandler : SomeHandler;
        public sealed class FeedHandler : SomeHandler;
        public sealed class OrdersHandler : SomeHandler
        {
            public static Props PropsFor(UpgradeRequest request) => Props.Create<OrdersHandler>();
        }

        public abstract class Page() : Akka.TestKit.Xunit2.TestKit
        {
            protected WebApplicationBuilder builder = null!;
            protected WebApplication app = null!;
            protected ActorSystem system = null!;
            protected IActorContext Context = null!;
            protected IActorRef Sender = null!, handler = null!, lobby = null!, manager = null!, connection = null!;
            protected List<IActorRef> subscribers = null!;
            protected IUsers users = null!;
            protected ITickets tickets = null!;
            protected ITokens tokens = null!;
            protected RouteTable routes = null!;
            protected Guard guard = null!;
            protected AkkaConfigurationBuilder akka = null!;
            protected Order order = null!;
            protected Bid bid = null!;
            protected Ws.Received message = null!;
            protected string token = "", line = "", frame = "", quote = "", symbol = "", json = "", path = "", sessionId = "", cookie = "";
            protected WebSocketsBuilder ws = null!;

            protected static IAsyncEnumerable<ReadOnlyMemory<byte>> ReadFile(string path) => throw new NotSupportedException();
        }
        """;

    public static TheoryData<string, int> Blocks => DataOf(CodeBlock.All);

    /// <summary>The blocks with tests, but for the README's, which <see cref="ReadmeTests"/> runs.</summary>
    public static TheoryData<string, int> Tests =>
        DataOf(CodeBlock.All.Where(static block => block.Document != "README.md" && block.Code.Contains("[Fact]")));

    [Theory]
    [MemberData(nameof(Blocks))]
    public void It_compiles(string document, int number)
    {
        var block = CodeBlock.Of(document, number);
        if (block.IsOfSample)
        {
            return;
        }

        var code = block.Code;
        var errors = Using().IsMatch(code)
            ? Compiler.ErrorsOf(code)
            : Compiler.ErrorsOf(Surroundings, IsType(code) ? Type(code) : Statements(code));
        Assert.Equal("", errors);
    }

    [Theory]
    [MemberData(nameof(Tests))]
    public void Its_tests_pass(string document, int number)
    {
        var types = Compiler.Load(Surroundings, Type(CodeBlock.Of(document, number).Code)).GetTypes();
        var tests = types.SelectMany(static type => type.GetMethods())
            .Where(static method => method.GetCustomAttribute<FactAttribute>() is not null)
            .ToList();
        Assert.NotEmpty(tests);
        foreach (var test in tests)
        {
            using var kit = (Akka.TestKit.Xunit2.TestKit)Activator.CreateInstance(test.DeclaringType!)!;
            test.Invoke(kit, null);
        }
    }

    private static TheoryData<string, int> DataOf(IEnumerable<CodeBlock> blocks)
    {
        var data = new TheoryData<string, int>();
        foreach (var block in blocks)
        {
            data.Add(block.Document, block.Number);
        }

        return data;
    }

    private static bool IsType(string code) => code.StartsWith("public ", StringComparison.Ordinal);

    private static string Type(string code) => Usings + "using Akka.TestKit.Xunit2; using Xunit;\n" + code;

    /// <summary>Statements as a method of the page. A block that starts with a dot continues the configuration of WebSockets.</summary>
    private static string Statements(string code) => $$"""
        {{Usings}}
        public sealed class Block : Page
        {
            public async Task Run()
            {
                {{(code.StartsWith('.') ? $"ws{code};" : code)}}
                await Task.CompletedTask;
            }
        }
        """;

    [GeneratedRegex("^using (?!var )", RegexOptions.Multiline)]
    private static partial Regex Using();
}
