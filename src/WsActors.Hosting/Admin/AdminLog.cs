using Akka.Actor;
using Akka.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace WsActors.Hosting.Admin;

/// <summary>The log of admin pages: a category of the host's own, apart from Akka's, so that the host can keep it elsewhere.</summary>
internal static class AdminLog
{
    private const string Category = "WsActors.Admin";

    public static ILogger Of(ActorSystem system) =>
        DependencyResolver.For(system).Resolver.GetService<ILoggerFactory>() is { } factory
            ? factory.CreateLogger(Category)
            : NullLogger.Instance;
}
