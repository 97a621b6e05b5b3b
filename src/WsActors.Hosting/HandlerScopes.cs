using System.Runtime.CompilerServices;
using Akka.Actor;
using Akka.DependencyInjection;
using Microsoft.Extensions.DependencyInjection;

namespace WsActors.Hosting;

/// <summary>
/// Creates handlers, each with services from a DI scope of its own. The scope is disposed when the handler stops, restarts, ends with its
/// parent, or throws in its constructor. One for each actor system; used by the threads that run the handlers.
/// </summary>
internal sealed class HandlerScopes(IServiceScopeFactory services, ScopeDisposals disposals) : IExtension
{
    /// <summary>
    /// The scopes of living handlers. The keys are weak: Akka never releases a handler that it could not give a stash, and such a handler
    /// must leave nothing behind.
    /// </summary>
    private readonly ConditionalWeakTable<ActorBase, IAsyncDisposable> _scopes = [];

    public static HandlerScopes Of(ActorSystem system) => Provider.Instance.Apply(system);

    /// <summary>The <c>Props</c> of a handler with a scope of its own.</summary>
    /// <param name="arguments">Arguments of the constructor that are not services.</param>
    public Props PropsFor<THandler>(params object[] arguments)
        where THandler : ActorBase => Props.CreateBy(new Producer<THandler>(this, arguments));

    private THandler Create<THandler>(object[] arguments)
        where THandler : ActorBase
    {
        var scope = services.CreateAsyncScope();
        try
        {
            var handler = ActivatorUtilities.CreateInstance<THandler>(scope.ServiceProvider, arguments);
            _scopes.Add(handler, scope);
            return handler;
        }
        catch (Exception)
        {
            disposals.Start(scope, typeof(THandler));
            throw;
        }
    }

    // Akka may release a handler twice.
    private void Release(ActorBase handler)
    {
        if (_scopes.TryGetValue(handler, out var scope) && _scopes.Remove(handler))
        {
            disposals.Start(scope, handler.GetType());
        }
    }

    private sealed class Producer<THandler>(HandlerScopes scopes, object[] arguments) : IIndirectActorProducer
        where THandler : ActorBase
    {
        public Type ActorType => typeof(THandler);

        public ActorBase Produce() => scopes.Create<THandler>(arguments);

        public void Release(ActorBase actor) => scopes.Release(actor);
    }

    private sealed class Provider : ExtensionIdProvider<HandlerScopes>
    {
        public static Provider Instance { get; } = new();

        public override HandlerScopes CreateExtension(ExtendedActorSystem system)
        {
            var services = (IServiceScopeFactory)DependencyResolver.For(system).Resolver.GetService<IServiceScopeFactory>();
            var disposals = new ScopeDisposals(system.WebSockets().ReportFailure);
            disposals.AwaitOnShutdown(system);
            return new HandlerScopes(services, disposals);
        }
    }
}
