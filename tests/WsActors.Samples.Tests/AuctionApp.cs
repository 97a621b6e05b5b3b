using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace WsActors.Samples.Tests;

/// <summary>The sample Auction, started by its entry point on a real Kestrel, once for all tests of a class.</summary>
public sealed class AuctionApp : WebApplicationFactory<Program>, IAsyncLifetime
{
    /// <summary>Where the app listens.</summary>
    public Uri Address => new(Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single());

    /// <summary>A limit for awaits, so that a failing test ends.</summary>
    public static CancellationToken Limit() => new CancellationTokenSource(TimeSpan.FromSeconds(30)).Token;

    /// <summary>Starts the app, and waits until its node is up in its cluster.</summary>
    public async Task InitializeAsync()
    {
        UseKestrel(0);
        StartServer();
        using var stranger = new Person(this);
        while (!(await stranger.Http.GetAsync(new Uri("health", UriKind.Relative), Limit())).IsSuccessStatusCode)
        {
            await Task.Delay(100, Limit());
        }
    }

    async Task IAsyncLifetime.DisposeAsync() => await DisposeAsync();

    /// <summary>Somebody who has logged in.</summary>
    public async Task<Person> LogInAsync(string name)
    {
        var person = new Person(this);
        (await person.PostAsync("login", new Login(name), AppJson.Default.Login)).EnsureSuccessStatusCode();
        return person;
    }
}
