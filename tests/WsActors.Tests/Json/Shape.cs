using System.Text.Json.Serialization;

namespace WsActors.Tests.Json;

/// <summary>Messages of several kinds.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "type")]
[JsonDerivedType(typeof(Circle), "circle")]
[JsonDerivedType(typeof(Label), "label")]
internal abstract record Shape
{
    internal sealed record Circle(int Radius, int Size) : Shape;

    internal sealed record Label(string Text, string Size) : Shape;
}
