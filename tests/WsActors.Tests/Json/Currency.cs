namespace WsActors.Tests.Json;

internal enum Currency
{
    Euro,
    Krone,
}
