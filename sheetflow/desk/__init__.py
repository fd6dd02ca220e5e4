"""The staff's living workbook: what every sheet shows, and what people typed into it."""
