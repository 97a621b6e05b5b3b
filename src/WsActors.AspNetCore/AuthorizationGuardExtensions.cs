using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Authorization.Policy;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Primitives;
using WsActors.Routing;

namespace WsActors.AspNetCore;

/// <summary>Guards of a port of our own that ask the app's authentication and authorization.</summary>
public static class AuthorizationGuardExtensions
{
    /// <summary>
    /// Creates a guard that authenticates a request by the app's schemes and asks one of its policies, as <c>RequireAuthorization</c> does
    /// for a route of the app: 401 without a user, 403 for one that the policy refuses. The accepted user is <c>Opened.Principal</c>, until
    /// its ticket expires. Each request has a scope of services.
    /// </summary>
    /// <param name="services">The services of the app.</param>
    /// <param name="policy">The name of a policy; null for the default policy, which asks for any user.</param>
    /// <exception cref="InvalidOperationException">The app has no authorization.</exception>
    public static Guard CreateAuthorizationGuard(this IServiceProvider services, string? policy = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        return services.GetService<IAuthorizationPolicyProvider>() is null
            ? throw new InvalidOperationException("The app has no authorization: call services.AddAuthorization().")
            : (request, cancellation) => DecideAsync(services, policy, request, cancellation);
    }

    private static async Task<GuardDecision> DecideAsync(
        IServiceProvider services, string? policy, UpgradeRequest request, CancellationToken cancellation)
    {
        await using var scope = services.CreateAsyncScope();
        var context = ContextOf(request, scope.ServiceProvider, cancellation);
        var policies = scope.ServiceProvider.GetRequiredService<IAuthorizationPolicyProvider>();
        var asked = policy is null
            ? await policies.GetDefaultPolicyAsync().ConfigureAwait(false)
            : await policies.GetPolicyAsync(policy).ConfigureAwait(false)
                ?? throw new InvalidOperationException(
                    $"The app has no authorization policy '{policy}': add it by AddAuthorization(options => options.AddPolicy(…)).");
        var usual = await AuthenticateAsync(context).ConfigureAwait(false);
        var evaluator = scope.ServiceProvider.GetRequiredService<IPolicyEvaluator>();
        var authentication = await evaluator.AuthenticateAsync(asked, context).ConfigureAwait(false);
        var authorization = await evaluator.AuthorizeAsync(asked, authentication, context, context).ConfigureAwait(false);
        if (authorization.Succeeded)
        {
            var user = context.User is { Identity.IsAuthenticated: true } ? context.User : null;
            return GuardDecision.Accept(user, authentication.Properties?.ExpiresUtc ?? usual?.Properties?.ExpiresUtc);
        }

        return authorization.Forbidden
            ? GuardDecision.Reject(403, "This user may not connect here.")
            : GuardDecision.Reject(401, "Log in first.");
    }

    /// <summary>As <c>UseAuthentication</c> does: by the default scheme, if there is one.</summary>
    private static async Task<AuthenticateResult?> AuthenticateAsync(DefaultHttpContext context)
    {
        if (context.RequestServices.GetService<IAuthenticationSchemeProvider>() is not { } schemes
            || await schemes.GetDefaultAuthenticateSchemeAsync().ConfigureAwait(false) is not { } scheme)
        {
            return null;
        }

        var result = await context.AuthenticateAsync(scheme.Name).ConfigureAwait(false);
        context.User = result.Principal ?? context.User;
        return result;
    }

    private static DefaultHttpContext ContextOf(UpgradeRequest request, IServiceProvider services, CancellationToken cancellation)
    {
        var context = new DefaultHttpContext { RequestServices = services, RequestAborted = cancellation };
        var (http, query) = (request.Http, request.Http.Target.IndexOf('?', StringComparison.Ordinal));
        context.Request.Method = http.Method;
        context.Request.Scheme = request.ServerOrigin.Scheme;
        context.Request.Path = http.Path;
        context.Request.QueryString = query < 0 ? QueryString.Empty : new QueryString(http.Target[query..]);
        context.Connection.RemoteIpAddress = request.ClientAddress;
        foreach (var header in http.Headers)
        {
            context.Request.Headers[header.Name] = StringValues.Concat(context.Request.Headers[header.Name], header.Value);
        }

        return context;
    }
}
