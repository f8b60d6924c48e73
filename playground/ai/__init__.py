"""Local AI providers: Gemini's, Mistral's and OpenAI's HTTP with answers and faults to order."""

from playground.ai.answers import ToolAsk, Turn
from playground.ai.bill import BillRow
from playground.ai.faults import Fault
from playground.ai.latency import Latency
from playground.ai.providers import AIProviders

__all__ = ["AIProviders", "BillRow", "Fault", "Latency", "ToolAsk", "Turn"]
